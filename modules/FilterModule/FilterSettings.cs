using System.Collections.Frozen;
using EdgeModules.Hosting.Settings;

namespace EdgeModules.Filtering;

/// <summary>The desired properties of the FilterModule.</summary>
public sealed record FilterSettings : ISettings<FilterSettings>
{
    /// <summary>Metric → band for every device that no zone or device setting below says otherwise for.</summary>
    public IReadOnlyDictionary<string, Deadband> Deadbands { get; init; } = new Dictionary<string, Deadband>
    {
        ["temperature"] = new(0.5, IsPercent: false),
        ["humidity"] = new(2.0, IsPercent: false),
        ["vibration"] = new(10.0, IsPercent: false),
        ["pressure"] = new(1.0, IsPercent: false),
    };

    /// <summary>Event time after which a reading passes though nothing changed, in seconds; 0 to 604800, 0 for never.</summary>
    public int MaxSilenceSeconds { get; init; } = 300;

    /// <summary>Whether a change of a metric without a band lets its reading pass.</summary>
    public bool ForwardUnknownMetrics { get; init; }

    /// <summary>Zone id → bands that go before the general ones.</summary>
    public IReadOnlyDictionary<string, FilterOverride> Zones { get; init; } = new Dictionary<string, FilterOverride>();

    /// <summary>Device id → bands that go before those of its zone.</summary>
    public IReadOnlyDictionary<string, FilterOverride> Devices { get; init; } = new Dictionary<string, FilterOverride>();

    /// <summary>Devices whose last values are remembered, 1 to 1000000; beyond it the one unseen for longest is forgotten. About 300 bytes each.</summary>
    public int MaxDevices { get; init; } = 50_000;

    /// <summary>Whether readings that cannot be used go to the output <c>invalid</c>; they are counted in any case.</summary>
    public bool EmitInvalid { get; init; } = true;

    public void Validate(SettingErrors errors)
    {
        errors.Require(MaxSilenceSeconds is >= 0 and <= 604_800, MaxSilenceSeconds, "0 to 604800");
        errors.Require(MaxDevices is >= 1 and <= 1_000_000, MaxDevices, "1 to 1000000");
        Validate(Zones, errors.Below("zones"));
        Validate(Devices, errors.Below("devices"));
    }

    /// <summary>Every metric that has a band somewhere.</summary>
    public FrozenSet<string> NamedMetrics() =>
        Deadbands.Keys.Concat(Zones.Values.Concat(Devices.Values).SelectMany(bands => bands.Deadbands.Keys)).ToFrozenSet();

    /// <summary>The band of a metric for a device, the most specific one; null when it has none.</summary>
    public Deadband? BandOf(string deviceId, string? zone, string metric) =>
        Devices.GetValueOrDefault(deviceId)?.Deadbands.GetValueOrDefault(metric)
        ?? (zone is null ? null : Zones.GetValueOrDefault(zone)?.Deadbands.GetValueOrDefault(metric))
        ?? Deadbands.GetValueOrDefault(metric);

    /// <summary>The longest silence of a device in milliseconds; null for no limit.</summary>
    public long? MaxSilenceOf(string deviceId, string? zone)
    {
        var seconds = Devices.GetValueOrDefault(deviceId)?.MaxSilenceSeconds ?? (zone is null ? null : Zones.GetValueOrDefault(zone)?.MaxSilenceSeconds) ?? MaxSilenceSeconds;
        return seconds == 0 ? null : seconds * 1000L;
    }

    private static void Validate(IReadOnlyDictionary<string, FilterOverride> overrides, SettingErrors errors)
    {
        foreach (var (id, bands) in overrides) bands.Validate(errors.Below(SettingsBinder.EncodeId(id)));
    }
}

/// <summary>What differs for one zone or one device.</summary>
public sealed record FilterOverride
{
    public IReadOnlyDictionary<string, Deadband> Deadbands { get; init; } = new Dictionary<string, Deadband>();

    /// <summary>As <see cref="FilterSettings.MaxSilenceSeconds"/>; null for no difference.</summary>
    public int? MaxSilenceSeconds { get; init; }

    public void Validate(SettingErrors errors) =>
        errors.Require(MaxSilenceSeconds is null or (>= 0 and <= 604_800), MaxSilenceSeconds, "0 to 604800");
}
