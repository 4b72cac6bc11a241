using EdgeModules.Hosting.Settings;
using EdgeModules.Testing.Fakes;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

/// <summary>Whatever happened before: what is in force is valid, is what a restart finds, and is told with its sources.</summary>
public sealed class LocalHistoryTests
{
    private static readonly string[] Strategies = ["cloud-wins", "edge-wins", "latest-wins", "merge"];
    private static readonly string[] Paths =
        ["count", "label", "limit", "nested", "nested.width", "numbers", "numbers.a", "numbers.x%2Ey", "things.a", "things.a.width", "things", "cuont", "spans.s"];

    [Property(MaxTest = 60, QuietOnSuccess = true)]
    public void Current_AfterAnyHistory_IsValidSavedAndExplained(int seed)
    {
        var random = new Random(seed);
        using var store = new InMemoryStateStore();
        using var log = new RecordingLogger();
        var settings = new TwinSettings<SampleSettings>(store, log.For<TwinSettings<SampleSettings>>());
        for (var step = 1; step <= 25; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                    settings.Apply(AnyDesired(random, step));
                    break;
                case 1:
                    settings.ClearLocal(random.Next(3) == 0 ? null : [Any(random, Paths)]);
                    break;
                case 2:
                    store.BeforeWrite = () => throw new IOException("Full.");
                    var before = (settings.Current, settings.LocalVersion);
                    if (Record.Exception(() => settings.SetLocal(AnyLocal(random), "Jo", DateTimeOffset.FromUnixTimeMilliseconds(step * 10L))) is IOException)
                        Assert.Equal(before, (settings.Current, settings.LocalVersion));
                    store.BeforeWrite = static () => { };
                    break;
                default:
                    settings.SetLocal(AnyLocal(random), "Jo", DateTimeOffset.FromUnixTimeMilliseconds(step * 10L));
                    break;
            }

            Check(settings, new TwinSettings<SampleSettings>(store, log.For<TwinSettings<SampleSettings>>()));
        }
    }

    private static void Check(TwinSettings<SampleSettings> settings, TwinSettings<SampleSettings> restarted)
    {
        var errors = new SettingErrors();
        settings.Current.Validate(errors);
        Assert.Empty(errors.All);

        var inForce = SettingsBinder.ToJson(settings.Current);
        Assert.True(JToken.DeepEquals(inForce, SettingsBinder.ToJson(restarted.Current)), $"{inForce} {SettingsBinder.ToJson(restarted.Current)}");
        Assert.Equal((settings.Version, settings.LocalVersion), (restarted.Version, restarted.LocalVersion));
        var origins = settings.Origins();
        Assert.True(JToken.DeepEquals(origins, restarted.Origins()), $"{origins} {restarted.Origins()}");
        Assert.Equal(settings.Verdict()["conflicts"]?.ToString(), restarted.Verdict()["conflicts"]?.ToString());

        var told = new JObject();
        foreach (var (path, origin) in origins) SettingPath.TryParse(path)!.Value.Put(told, origin!["value"]!, []);
        Assert.True(JToken.DeepEquals(inForce, told), $"{inForce} {told}");
    }

    private static JObject AnyDesired(Random random, int step)
    {
        var desired = new JObject { ["$version"] = random.Next(8) == 0 ? step - 1 : step };
        foreach (var path in Paths.Where(_ => random.Next(4) == 0)) SettingPath.TryParse(path)!.Value.Put(desired, AnyValue(random, path), []);
        desired.Remove(random.Next(10) == 0 ? "label" : "cuont");
        desired["localSettings"] = new JObject { ["default"] = Any(random, Strategies), ["paths"] = new JObject { ["numbers"] = Any(random, Strategies) } };
        if (random.Next(2) == 0) desired["settingsModified"] = new JObject { ["count"] = random.Next(250), ["numbers"] = random.Next(250) };
        return desired;
    }

    private static JObject AnyLocal(Random random)
    {
        var values = new JObject();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var path = Any(random, Paths);
            values[path] = AnyValue(random, path);
        }

        return values;
    }

    /// <summary>Mostly one that the setting may have.</summary>
    private static JToken AnyValue(Random random, string path) => path switch
    {
        _ when random.Next(20) == 0 => "wrong",
        "label" => Any(random, ["a", "b", "c"]),
        "nested" => new JObject { ["width"] = random.Next(4) },
        "numbers" => new JObject { ["a"] = random.Next(4), ["b"] = random.Next(4), ["x%2ey"] = random.Next(4) },
        "things.a" => new JObject { ["width"] = random.Next(4), ["colour"] = "blue" },
        "things" => new JObject { ["a"] = new JObject { ["width"] = random.Next(4) }, ["b"] = new JObject() },
        "spans.s" => new JArray(random.Next(4), 9),
        _ => random.Next(0, 5),
    };

    private static T Any<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
