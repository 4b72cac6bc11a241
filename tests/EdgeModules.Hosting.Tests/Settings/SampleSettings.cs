using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

/// <summary>A setting of every type that settings may have.</summary>
public sealed record SampleSettings : ISettings<SampleSettings>
{
    public bool IsOn { get; init; } = true;

    public int Count { get; init; } = 3;

    public long Big { get; init; } = 1L << 40;

    public double Factor { get; init; } = 1.5;

    public string Label { get; init; } = "none";

    public SampleMode Mode { get; init; } = SampleMode.OneByOne;

    public int? Limit { get; init; }

    public string? Note { get; init; }

    public SampleNested Nested { get; init; } = new();

    public IReadOnlyDictionary<string, int> Numbers { get; init; } = new Dictionary<string, int> { ["preset"] = 1 };

    public IReadOnlyDictionary<string, SampleNested> Things { get; init; } = new Dictionary<string, SampleNested>();

    public IReadOnlyDictionary<string, SampleSpan> Spans { get; init; } = new Dictionary<string, SampleSpan>();

    /// <summary>Computed, so no setting.</summary>
    public int Twice => Count * 2;

    public void Validate(SettingErrors errors)
    {
        errors.Require(Count is >= 1 and <= 10, Count, "1 to 10");
        errors.Require(Factor > 0, Factor, "more than 0");
        errors.Require(Limit is null or > 0, Limit, "more than 0");
        foreach (var (id, thing) in Things) thing.Validate(errors.Below("things").Below(SettingsBinder.EncodeId(id)));
    }
}

public enum SampleMode
{
    OneByOne,
    AllAtOnce,
}

public sealed record SampleNested
{
    public int Width { get; init; } = 1;

    public string Colour { get; init; } = "red";

    public void Validate(SettingErrors errors) => errors.Require(Width >= 0, Width, "0 or more");
}

/// <summary>Written as <c>[from, to]</c>.</summary>
public sealed record SampleSpan(double From, double To) : ISettingValue<SampleSpan>
{
    public static SampleSpan? FromJson(JToken value, string key, SettingErrors errors)
    {
        if (value is JArray { Count: 2 } pair) return new SampleSpan(pair[0].Value<double>(), pair[1].Value<double>());
        errors.Add(key, value, "an array of two numbers");
        return null;
    }

    public JToken ToJson() => new JArray(From, To);
}
