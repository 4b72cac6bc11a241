using System.Collections.Frozen;
using System.Text;
using BenchmarkDotNet.Attributes;
using EdgeModules.Messages;

namespace EdgeModules.Benchmarks;

/// <summary>One reading with far too many metrics, as somebody might send to hold a module up: ten times the names must take about ten times as long.</summary>
[MemoryDiagnoser]
public class ManyNamesBenchmark
{
    private readonly MessageCodec _codec = new();
    private byte[] _body = [];

    [Params(2_000, 20_000)]
    public int Names { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var metrics = string.Concat(Enumerable.Range(0, Names).Select(name => $",\"m{name}\":{name}"));
        _body = Encoding.UTF8.GetBytes($$"""{"deviceId":"a","timestamp":1{{metrics}}}""");
    }

    [Benchmark]
    public int Decode() => _codec.Decode(_body, FrozenSet<string>.Empty).Invalid.Count;
}
