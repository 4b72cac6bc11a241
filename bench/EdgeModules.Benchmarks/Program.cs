using BenchmarkDotNet.Running;
using EdgeModules.Benchmarks;

if (args is ["model-latency"]) ModelCalls.PrintLatencies([1, 8, 32], TimeProvider.System, Console.Out);
else BenchmarkSwitcher.FromAssembly(typeof(ReadingBodies).Assembly).Run(args);
