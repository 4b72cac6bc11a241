using BenchmarkDotNet.Running;
using EdgeModules.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(ReadingBodies).Assembly).Run(args);
