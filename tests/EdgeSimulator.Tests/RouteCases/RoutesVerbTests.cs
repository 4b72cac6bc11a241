using System.Globalization;
using EdgeSimulator.CommandLine;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.RouteCases;

public sealed class RoutesVerbTests : IDisposable
{
    private const string Upstream = """{"accepted":true,"deliveries":[{"id":"iothub","priority":2000000000,"ttl":0}]}""";

    private readonly TemporaryDirectory _directory = new();
    private readonly TestTerminal _terminal = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _directory.Dispose();
        _terminal.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Routes_AllAsExpected_IsDone()
    {
        Assert.Equal(ExitCodes.Done, await RunAsync(
            Case("FROM /messages/* WHERE level = 'high' AND $body.n > 2 INTO $upstream", Upstream),
            "",
            Case("FROM /messages/* WHERE level = 'low' INTO $upstream", """{"accepted":true,"deliveries":[]}"""),
            Case("FROM /messages/* WHERE level = 1 INTO $upstream", """{"accepted":false,"stage":"compile"}"""),
            Case("nonsense", """{"accepted":false,"stage":"parse"}"""),
            Case("nonsense", """{"accepted":false}"""),
            """{"case":{"twinChange":true,"routes":{"a":"FROM /twin* INTO $upstream","b":"""
            + """{"route":"FROM /twinChangeNotifications INTO $upstream","priority":3,"timeToLiveSecs":7}}},"expect":"""
            + """{"accepted":true,"deliveries":[{"id":"iothub","priority":3,"ttl":7}]}}""",
            """{"case":{"body":"text","routes":{"a":"FROM /* WHERE NOT (is_defined($connectionModuleId)) INTO $upstream"}},"expect":""" + Upstream + "}",
            """{"case":{"routes":{"a":"FROM /* INTO $upstream"},"props":{"a":"1","A":"2"}},"expect":{"accepted":false,"stage":"evaluate"}}"""));

        var lines = Lines();
        Assert.EndsWith(" route evaluations a second on one core", lines[^2], StringComparison.Ordinal);
        Assert.True(double.Parse(lines[^2].Split(' ')[0], NumberStyles.Any, CultureInfo.InvariantCulture) > 0);
        Assert.Equal("8 of 8 as expected", lines[^1]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Routes_Differences_AreShownAndFail()
    {
        Assert.Equal(ExitCodes.Failed, await RunAsync(
            Case("FROM /messages/* INTO $upstream", """{"accepted":true,"deliveries":[]}"""),
            Case("FROM /messages/* INTO $upstream", Upstream),
            Case("FROM /messages/* WHERE level = 1 INTO $upstream", """{"accepted":false,"stage":"parse"}""")));
        Assert.Equal(
        [
            "CASES, line 1: expected no delivery; came iothub (priority 2000000000, ttl 0).",
            "CASES, line 3: expected refused (parse); came refused (compile). Route 'r', column 30: = has 'string' and 'number'; "
            + "expected two operands of the same type; as_number(…) makes a number of a property.",
        ],
        Lines()[..2]);
        Assert.Equal("1 of 3 as expected", Lines()[^1]);
    }

    [Theory]
    [InlineData("{\"case\":", "CASES, line 1: the line is no JSON.")]
    [InlineData("[]", "CASES, line 1: the line must be a JSON object with case and expect.")]
    [InlineData("{}", "CASES, line 1: case is absent; it must be an object.")]
    [InlineData("""{"case":{},"expect":{}}""", "CASES, line 1: case.routes is absent; it must be an object.")]
    [InlineData("""{"case":{"routes":{"r":5}},"expect":{}}""", "CASES, line 1: case.routes.r is 5; it must be a text.")]
    [InlineData("""{"case":{"routes":{"r":{"route":"x","priority":-1}}},"expect":{}}""", "CASES, line 1: case.routes.r.priority is -1; it must be an integer from 0")]
    [InlineData("""{"case":{"routes":{},"props":{"a":1}},"expect":{"accepted":true}}""", "CASES, line 1: case.props.a is 1; it must be a text.")]
    [InlineData("""{"case":{"routes":{}},"expect":{"accepted":"yes"}}""", "CASES, line 1: expect.accepted is \"yes\"; it must be true or false.")]
    [InlineData("""{"case":{"routes":{}},"expect":{"accepted":true}}""", "CASES, line 1: expect.deliveries is absent; it must be an array.")]
    public async Task Routes_LineThatIsNoCase_IsToldAndCountsAsWrong(string line, string message)
    {
        Assert.Equal(ExitCodes.Failed, await RunAsync(line));
        Assert.StartsWith(message, Lines()[0], StringComparison.Ordinal);
        Assert.Equal("0 of 1 as expected", Lines()[^1]);
    }

    [Fact]
    public async Task Routes_FileThatCannotBeRead_IsOneLineAndExitCode2()
    {
        Assert.Equal(ExitCodes.Usage, await InvokeAsync(Path.Combine(_directory.FullPath, "none.jsonl")));
        Assert.StartsWith($"error: {_directory.FullPath}", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("none.jsonl cannot be read: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Routes_RecordedVerdictsOfEdgeHub_AllAgree()
    {
        var file = FindRecorded();
        Skip.If(file is null, "No shared/routes/cases.jsonl beside the repository or above it.");
        await InvokeAsync(file);
        Assert.Equal($"{File.ReadAllLines(file).Length} of {File.ReadAllLines(file).Length} as expected", Lines()[^1]);
        Assert.Equal(2, Lines().Length);
    }

    private static string? FindRecorded()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "routes", "cases.jsonl");
            if (File.Exists(file)) return file;
        }

        return null;
    }

    private static string Case(string route, string expect) => new Newtonsoft.Json.Linq.JObject
    {
        ["case"] = new Newtonsoft.Json.Linq.JObject
        {
            ["routes"] = new Newtonsoft.Json.Linq.JObject { ["r"] = route },
            ["module"] = "Sensor",
            ["output"] = "out",
            ["body"] = new Newtonsoft.Json.Linq.JObject { ["n"] = 3 },
            ["props"] = new Newtonsoft.Json.Linq.JObject { ["level"] = "high" },
            ["sys"] = new Newtonsoft.Json.Linq.JObject { ["contentType"] = "application/json", ["contentEncoding"] = "utf-8" },
        },
        ["expect"] = Newtonsoft.Json.Linq.JObject.Parse(expect),
    }.ToString(Newtonsoft.Json.Formatting.None);

    private Task<int> RunAsync(params string[] lines) => InvokeAsync(_directory.Write("cases.jsonl", string.Join('\n', lines)));

    private Task<int> InvokeAsync(string file)
    {
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(600) };
        var commandLine = new SimulatorCommandLine(_terminal.Terminal, _errors, () => Stream.Null, clock, (_, _) => Task.FromResult(ExitCodes.Internal));
        return commandLine.InvokeAsync(["routes", file]);
    }

    private string[] Lines() => _terminal.Text.Replace(Path.Combine(_directory.FullPath, "cases.jsonl"), "CASES", StringComparison.Ordinal)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
