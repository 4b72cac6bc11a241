using System.Globalization;
using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Modules;

/// <summary>What someone sends who wants harm: names that are paths, lines and commands; numbers without end; floods of names.</summary>
public sealed class HostileInputTests
{
    private const long T0 = 1_767_225_600_000;
    private const int Messages = 20;
    private const int ReadingsPerMessage = 250;

    /// <summary>No name of the ledger comes from outside, so what is counted, logged and on the metrics page stays of one size.</summary>
    private const int MostEntries = 40;

    private static readonly string[] Strange =
    [
        "../../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "a\nb", "\r\n<3> forged", "\u001b[2J", "\"},{\"deviceId\":\"x", "${jndi:ldap://x}", "{{7*7}}",
        "$(reboot)", "`reboot`",
        "'; DROP TABLE x; --", "a\u0000b", "\u202Egpj.exe", "#fragment", "a/b/+/#", "%2e%2e%2f", "CON", "nul.txt", "x\"} 1\nforged_metric{a=\"",
        new string('z', 128),
    ];

    [Theory]
    [MemberData(nameof(EveryModule.Inputs), MemberType = typeof(EveryModule))]
    public async Task Deliver_FloodOfStrangeNames_LeavesNoFileAndNoNameBehind(string name, string input)
    {
        await using var module = await ModuleUnderFault.StartAsync(name, Few(name));
        var before = Files(module);
        for (var i = 0; i < Messages; i++) await module.DeliverAsync(input, Flood(i, input), ReadingsPerMessage);
        await module.AssertAccountedForAsync();

        var entries = Entries(await module.LedgerAsync()).ToList();
        Assert.True(entries.Count <= MostEntries, string.Join(", ", entries));
        Assert.All(entries, entry => Assert.Matches("^[A-Za-z0-9]+$", entry));
        Assert.All(Files(module).Except(before), file => Assert.Matches(@"^[\w./-]+\.(db|journal|batch|json|new|part|gz|br)$|^batches/[\w.-]+$", file));
        Assert.True(Bytes(await module.Host.GetReportedAsync()) < 32_768, "The reported twin is too large.");
    }

    [Theory]
    [MemberData(nameof(EveryModule.Inputs), MemberType = typeof(EveryModule))]
    public async Task Deliver_NumbersWithoutEnd_AreCountedAndTheNextMessageIsDone(string name, string input)
    {
        await using var module = await ModuleUnderFault.StartAsync(name);
        string[] numbers =
        [
            "1e999", "-1e999", "1e-999", new string('9', 100_000), $"0.{new string('1', 100_000)}", $"1{new string('0', 400)}", "9223372036854775808", "-0",
        ];
        foreach (var number in numbers)
        {
            await module.DeliverAsync(input, $$"""
                [{"deviceId":"a","timestamp":{{T0}},"temperature":{{number}},"score":{{number}},"alertId":"a","commandId":"c","action":"reset"},
                 {"deviceId":"b","timestamp":{{number}},"temperature":1}]
                """, 2);
        }

        await module.AssertAccountedForAsync();
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Call_PayloadsThatAreDeepLargeOrStrange_IsAnsweredAndTheModuleGoesOn(string name)
    {
        await using var module = await ModuleUnderFault.StartAsync(name);
        var payloads = new List<JToken?>
        {
            null, new JArray(), "text", 5, true, JValue.CreateNull(), Nested(60), new JObject { [new string('k', 10_000)] = 1 },
            new JObject(Enumerable.Range(0, 5000).Select(i => new JProperty($"key{i}", i))), JToken.Parse(new string('9', 380)),
            new JArray(Enumerable.Range(0, 20_000)), new JObject(Strange.Select(text => new JProperty(text, text))),
        };
        var model = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "models", "dtdl", $"{name}.json")));
        var methods = model["contents"]!.Where(content => content["@type"]!.ToString() == "Command").Select(content => (string)content["name"]!)
            .Append("no/such\nmethod").ToList();
        foreach (var method in methods)
        {
            foreach (var payload in payloads)
            {
                var (status, answer) = await module.Host.CallAsync(method, payload?.DeepClone());
                Assert.True(status is 200 or 400 or 404 or 409 or 501, $"{method}({Shown(payload)}) answered {status} {Shown(answer)}.");
                // edgeHub takes answers of 128 KB.
                Assert.True(answer is null || Bytes(answer) <= 131_072, $"{method}({Shown(payload)}) answered {Bytes(answer!)} bytes.");
            }
        }

        Assert.Equal(200, (await module.Host.CallAsync("ping", null)).Status);
    }

    /// <summary>Each alone and all together; a module says what is wrong and goes on with what it had.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Patch_SettingsOfStrangeNamesAndSizes_AreRejectedAndTheReportFits(string name)
    {
        await using var module = await ModuleUnderFault.StartAsync(name);
        JObject[] patches =
        [
            new(Strange.Select(text => new JProperty(text, 1))), new(Enumerable.Range(0, 1500).Select(i => new JProperty($"key{i}", i))),
            new() { ["unknown"] = new string('x', 30_000) }, new() { ["unknown"] = Nested(9) },
            new() { ["address"] = "https://store.test/model?sig=SECRET", ["connection"] = "HostName=h;SharedAccessKey=SECRET" },
        ];
        foreach (var patch in patches)
        {
            await module.Host.PatchSettingsAsync(patch);
            var reported = await module.Host.GetReportedAsync();
            Assert.Equal("rejected", (string?)reported["settings"]!["status"]);
            Assert.True(Bytes(reported) < 32_768, $"{Bytes(reported)} bytes are reported.");
            Assert.DoesNotContain("SECRET", reported.ToString(), StringComparison.Ordinal);
            await module.Host.PatchSettingsAsync(new JObject(patch.Properties().Select(property => new JProperty(property.Name, JValue.CreateNull()))));
            Assert.Equal("applied", (string?)(await module.Host.GetReportedAsync())["settings"]!["status"]);
        }
    }

    public static TheoryData<string> Modules => new(EveryModule.All.Keys);

    private static JObject Few(string name) => name switch
    {
        "AggregatorModule" => new JObject { ["maxDevices"] = 50, ["maxOpenWindows"] = 50 },
        "AlertModule" or "FilterModule" or "InferenceModule" => new JObject { ["maxDevices"] = 50 },
        "ActuatorModule" => new JObject { ["maxCommands"] = 50 },
        _ => [],
    };

    private static byte[] Flood(int message, string input) => JsonText.ToUtf8(new JArray(Enumerable.Range(0, ReadingsPerMessage).Select(i =>
    {
        var number = message * ReadingsPerMessage + i;
        var strange = Strange[number % Strange.Length];
        var id = Cut(strange + number.ToString(CultureInfo.InvariantCulture));
        return new JObject
        {
            ["deviceId"] = id, ["zone"] = id, ["timestamp"] = T0 + number, ["score"] = 0.9, ["model"] = id,
            ["action"] = input == "commands" ? "reset" : strange,
            ["commandId"] = id, ["alertId"] = id, [$"temperature{id}"] = number, ["temperature"] = number % 100,
        };
    })));

    private static string Cut(string id) => id.Length <= 128 ? id : id[^128..];

    private static JToken Nested(int levels)
    {
        JToken inner = 1;
        for (var i = 0; i < levels; i++) inner = new JObject { ["a"] = inner };
        return inner;
    }

    private static IEnumerable<string> Entries(JObject ledger) =>
        ledger.Properties()
            .SelectMany(entry => entry.Value is JObject reasons ? reasons.Properties().Select(reason => reason.Name).Prepend(entry.Name) : [entry.Name]);

    private static List<string> Files(ModuleUnderFault module) =>
        [.. Directory.GetFiles(module.Host.StateDirectory, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(module.Host.StateDirectory, file))];

    private static int Bytes(JToken json) => JsonText.ToUtf8(json).Length;

    private static string Shown(JToken? json)
    {
        var text = Encoding.UTF8.GetString(JsonText.ToUtf8(json ?? JValue.CreateNull()));
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
