using System.Text.Json;

namespace EdgeSimulator.Soak;

/// <summary>What a soak does to the suite; on the command line in camel case.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of one module.</summary>
    Kill,

    /// <summary>kill -9 of every module at once.</summary>
    KillAll,

    /// <summary>kill -9 of edgeHub alone.</summary>
    KillHub,

    /// <summary>kill -9 of edgeHub and every module at once.</summary>
    KillEverything,

    /// <summary>edgeHub ends in good order and starts again.</summary>
    HubRestart,

    /// <summary>SIGSTOP of edgeHub for a while: it takes connections and acknowledges nothing.</summary>
    HubPause,

    /// <summary>SIGSTOP of one module for a while.</summary>
    Pause,

    /// <summary>One module gets a tenth of the time.</summary>
    Slow,

    /// <summary>The cloud is away for a while.</summary>
    Offline,

    /// <summary>The cloud is there for 2 s and away for 3 s, again and again.</summary>
    Flap,

    /// <summary>Each call to the cloud takes 5 s longer for a while.</summary>
    Latency,

    /// <summary>A third of the calls to the cloud fail for a while.</summary>
    Loss,

    /// <summary>Many desired patches at once to one module, a wrong one among them.</summary>
    TwinBurst,

    /// <summary>The same message several times on each input that takes readings.</summary>
    Duplicates,

    /// <summary>Bodies that are no readings, on every input.</summary>
    Bodies,
}

internal static class FaultKinds
{
    public static IReadOnlyList<FaultKind> All { get; } = Enum.GetValues<FaultKind>();

    public static string NameOf(FaultKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <returns>Null when there is none of that name.</returns>
    public static FaultKind? Find(string name) => All.Where(kind => NameOf(kind) == name).Select(kind => (FaultKind?)kind).FirstOrDefault();

    /// <returns>How long it lasts; both 0 for one that is over at once.</returns>
    public static (TimeSpan Least, TimeSpan Most) LengthOf(FaultKind kind) => kind switch
    {
        FaultKind.HubPause => (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(90)),
        FaultKind.Pause or FaultKind.Offline => (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)),
        FaultKind.Slow or FaultKind.Flap or FaultKind.Latency or FaultKind.Loss => (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)),
        _ => (TimeSpan.Zero, TimeSpan.Zero),
    };
}
