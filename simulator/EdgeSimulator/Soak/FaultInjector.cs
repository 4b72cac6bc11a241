using System.Runtime.Versioning;
using EdgeSimulator.Bench;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <summary>Does what the plan says to the house; returns when the fault is over, the suite need not be whole again by then.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FaultInjector(SoakHouse house, TimeProvider clock)
{
    private const double LatencyMs = 5000;
    private const double LossPercent = 33;
    private const int PatchesOfABurst = 20;
    private const int RepeatsOfADuplicate = 4;
    private const int ReadingsOfADuplicate = 10;

    /// <summary>Of a slow module, in each half a second.</summary>
    private static readonly TimeSpan Working = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Resting = TimeSpan.FromMilliseconds(450);

    private static readonly TimeSpan FlapOnline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FlapOffline = TimeSpan.FromSeconds(3);

    /// <summary>Module → a setting of it that changes little, and the least of twenty values for it.</summary>
    private static readonly Dictionary<string, (string Setting, int Least)> HarmlessSettings = new()
    {
        ["ActuatorModule"] = ("maxCommands", 1000),
        ["AggregatorModule"] = ("idleSeconds", 90),
        ["AlertModule"] = ("maxCriticalPerMinute", 6),
        ["FilterModule"] = ("maxSilenceSeconds", 300),
        ["InferenceModule"] = ("scoreIntervalSeconds", 600),
        ["SensorModule"] = ("batchSize", 900),
        ["UplinkModule"] = ("lowSeconds", 1800),
    };

    /// <summary>Module → the setting that its last burst left, and its value.</summary>
    public Dictionary<string, (string Setting, int Value)> Patched { get; } = [];

    /// <exception cref="SimulatorException">The hub does not come back; or it is away for another reason, and the fault was not injected.</exception>
    public Task InjectAsync(PlannedFault fault, CancellationToken cancellation) => fault.Kind switch
    {
        FaultKind.Kill => house.KillAsync([fault.Module]),
        FaultKind.KillAll => house.KillAsync(house.Modules),
        FaultKind.KillHub => AnewAsync(house.KillHubAsync, cancellation),
        FaultKind.HubRestart => AnewAsync(house.StopHubAsync, cancellation),
        FaultKind.KillEverything => Task.WhenAll(house.KillAsync(house.Modules), AnewAsync(house.KillHubAsync, cancellation)),
        FaultKind.HubPause => PauseAsync(null, fault.Length, cancellation),
        FaultKind.Pause => PauseAsync(fault.Module, fault.Length, cancellation),
        FaultKind.Slow => SlowDownAsync(fault, cancellation),
        FaultKind.Offline => CutOffAsync(fault.Length, cancellation),
        FaultKind.Flap => FlapAsync(fault.Length, cancellation),
        FaultKind.Latency => WorsenAsync(new CloudQualityChange(LatencyMs, null), fault.Length, cancellation),
        FaultKind.Loss => WorsenAsync(new CloudQualityChange(null, LossPercent), fault.Length, cancellation),
        FaultKind.TwinBurst => PatchAsync(fault, cancellation),
        FaultKind.Duplicates => RepeatAsync(cancellation),
        _ => SendBodiesAsync(fault.Seed, cancellation),
    };

    private async Task AnewAsync(Func<Task> end, CancellationToken cancellation)
    {
        await end();
        await house.StartHubAsync(cancellation);
    }

    private async Task PauseAsync(string? module, TimeSpan length, CancellationToken cancellation)
    {
        house.Pause(module);
        try
        {
            await Task.Delay(length, clock, cancellation);
        }
        finally
        {
            house.Resume(module);
        }
    }

    private async Task SlowDownAsync(PlannedFault fault, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < fault.Length)
        {
            await PauseAsync(fault.Module, Resting, cancellation);
            await Task.Delay(Working, clock, cancellation);
        }
    }

    private async Task CutOffAsync(TimeSpan length, CancellationToken cancellation)
    {
        await house.Client.SetOnlineAsync(online: false, cancellation);
        await Task.Delay(length, clock, cancellation);
        await house.Client.SetOnlineAsync(online: true, cancellation);
    }

    private async Task FlapAsync(TimeSpan length, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < length)
        {
            await CutOffAsync(FlapOffline, cancellation);
            await Task.Delay(FlapOnline, clock, cancellation);
        }
    }

    private async Task WorsenAsync(CloudQualityChange change, TimeSpan length, CancellationToken cancellation)
    {
        await house.Client.SetQualityAsync(change, cancellation);
        await Task.Delay(length, clock, cancellation);
        await house.Client.SetQualityAsync(new CloudQualityChange(0, 0), cancellation);
    }

    /// <summary>
    /// Side by side, so that they reach the hub in any order; a wrong one in the middle; a last one alone, which must be in force at the end.
    /// </summary>
    private async Task PatchAsync(PlannedFault fault, CancellationToken cancellation)
    {
        var (setting, least) = HarmlessSettings.TryGetValue(fault.Module, out var known) ? known : ("x-soak", 1);
        await Task.WhenAll(Enumerable.Range(0, PatchesOfABurst).Select(number =>
            house.Client.PatchDesiredAsync(fault.Module, new JObject { [setting] = number == PatchesOfABurst / 2 ? -1 : least + number }, cancellation)));
        var last = least + PatchesOfABurst;
        await house.Client.PatchDesiredAsync(fault.Module, new JObject { [setting] = last }, cancellation);
        Patched[fault.Module] = (setting, last);
    }

    private async Task RepeatAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var body = ReadingArrays.Make(ReadingsOfADuplicate, place => ($"soak-repeated-{place}", place), now, hasSpike: false);
        foreach (var (module, input) in await InputsAsync(cancellation))
        {
            // What is a repeat goes by sender and id, whoever the receiver is.
            var message = new InjectedMessage(body, ReadingsOfADuplicate, []) { MessageId = $"soak/{now}/{module}" };
            for (var time = 0; input == "readings" && time < RepeatsOfADuplicate; time++) await house.Client.SendAsync(module, input, message, cancellation);
        }
    }

    private async Task SendBodiesAsync(int seed, CancellationToken cancellation)
    {
        foreach (var (module, input) in await InputsAsync(cancellation))
        {
            foreach (var (body, readings) in StrangeBodies.Make(seed))
                await house.Client.SendAsync(module, input, new InjectedMessage(body, readings, []), cancellation);
            var wasTaken = true;
            try
            {
                await house.Client.SendAsync(module, input, new InjectedMessage(new byte[StrangeBodies.TooLarge], 1, []), cancellation);
            }
            catch (SimulatorException)
            {
                wasTaken = false;
            }

            if (wasTaken) throw new InvalidOperationException($"The hub has taken a body of {StrangeBodies.TooLarge:N0} bytes for {module}/{input}.");
        }
    }

    private async Task<IReadOnlyList<(string Module, string Input)>> InputsAsync(CancellationToken cancellation)
    {
        var status = await house.Client.GetStatusAsync(cancellation);
        var endpoints = status["queues"]!.Select(queue => queue.Value<string>("endpoint")!.Split('/'));
        return [.. endpoints.Where(parts => parts.Length == 3).Select(parts => (parts[1], parts[2]))];
    }
}
