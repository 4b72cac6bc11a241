using Newtonsoft.Json.Linq;

namespace Faults.Tests.Modules;

/// <summary>The clock of the gateway is set by a day while readings come; the sensors' clocks are not, or are set with it.</summary>
public sealed class ClockTests
{
    private const int Devices = 5;
    private const int WindowSeconds = 10;
    private const int Steps = 90;

    public static TheoryData<string, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, bool>();
            foreach (var module in new[] { "AggregatorModule", "AlertModule", "FilterModule", "InferenceModule" })
            {
                foreach (var days in new[] { -1, 1 })
                {
                    cases.Add(module, days, false);
                    cases.Add(module, days, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task SetClock_ByADayAndBack_EveryReadingIsAccountedForAndCountedOnce(string name, int days, bool sensorsToo)
    {
        var settings = name == "AggregatorModule" ? new JObject { ["windowSeconds"] = WindowSeconds, ["allowedLatenessSeconds"] = 2 } : [];
        await using var module = await ModuleUnderFault.StartAsync(name, settings);
        var day = TimeSpan.FromDays(days);
        var sensors = module.Host.Now;
        for (var step = 0; step < Steps; step++)
        {
            var jump = step switch
            {
                Steps / 3 => day,
                2 * Steps / 3 => -day,
                _ => TimeSpan.Zero,
            };
            await module.Host.SetClockAsync(module.Host.Now + jump);
            if (sensorsToo) sensors += jump;
            await module.Host.AdvanceAsync(TimeSpan.FromSeconds(1));
            sensors += TimeSpan.FromSeconds(1);
            await module.DeliverAsync("readings", Readings(sensors, step), Devices);
        }

        await module.AssertAccountedForAsync();
        AssertNoWindowTwice(await module.SentAsync("aggregates"));
        if (name == "AlertModule") AssertAlarms(await module.SentAsync("alerts"));
    }

    /// <summary>In each third one device has one reading that is critical: the second with the clock a day off.</summary>
    private static string Readings(DateTimeOffset now, int step) => new JArray(Enumerable.Range(0, Devices).Select(device => new JObject
    {
        ["deviceId"] = $"press-{device}",
        ["timestamp"] = now.ToUnixTimeMilliseconds(),
        ["temperature"] = step % (Steps / 3) == Steps / 6 && device == step / (Steps / 3) ? 60 : 20 + (step % 3),
    })).ToString();

    private static void AssertAlarms(IReadOnlyList<JToken> alerts) => Assert.Equal(
        ["press-0", "press-1", "press-2"],
        alerts.Where(alert => alert.Value<string>("severity") == "critical" && alert.Value<string>("state") == "raised").Select(alert => alert.Value<string>("deviceId")));

    private static void AssertNoWindowTwice(IReadOnlyList<JToken> windows)
    {
        Assert.Equal(windows.Count, windows.Select(window => window.Value<string>("summaryId")).Distinct().Count());
        Assert.All(windows, window => Assert.InRange(window.Value<int>("readingCount"), 1, WindowSeconds));
    }
}
