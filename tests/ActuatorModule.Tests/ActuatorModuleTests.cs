using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Actuating.Tests;

/// <summary>The module with its lines, without a pump.</summary>
public sealed class ActuatorModuleTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActuatorSettings OnBoard = new() { Gpio = new GpioSettings { Buzzer = new GpioLine(0, 17, false), Relay = new GpioLine(0, 27, false) } };

    private readonly FakeBoard _board = new(17, 27, 22);
    private readonly RecordingLogger _log = new();
    private readonly Actuator _actuator = new();
    private readonly Ledger _ledger = new();
    private readonly ActuatorModule _module;
    private ActuatorSettings _settings = OnBoard;

    public ActuatorModuleTests() => _module = Module(_actuator);

    [Theory]
    [InlineData("buzz", "17 on")]
    [InlineData("shutdown", "27 on")]
    public void OnMethod_Action_SwitchesItsLineAtOnceAndTellsTheOutcome(string method, string switched)
    {
        Start();
        var response = Assert.IsType<EffectiveResponse>(Call(method, """{"alertId":"a1"}"""));

        Assert.Equal(["17 opened off", "27 opened off", switched], _board.Events);
        Assert.Equal(200, response.Status);
        var message = Assert.Single(response.Effect.Outputs);
        Assert.Equal(
            $$"""[{"alertId":"a1","action":"{{method}}","result":"done","simulated":false,"timestamp":{{Now.ToUnixTimeMilliseconds()}}}]""",
            System.Text.Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("outcomes", "actuator-outcome", "normal", 1), (message.Output, message.MessageType, message.Priority, message.Count));
        Assert.Equal($"outcome/{method}/a1/{Now.ToUnixTimeMilliseconds()}/0", message.MessageId);
    }

    [Fact]
    public void OnMethod_SameAlertAgain_DoesNothingEvenAfterAReset()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        Call("reset", null);
        _board.Events.Clear();
        var again = Call("buzz", """{"alertId":"a1"}""");

        Assert.Equal((200, "repeated"), (again!.Status, (string?)again.Payload!["result"]));
        Assert.IsNotType<EffectiveResponse>(again);
        Assert.Empty(_board.Events);
        Assert.Null(_actuator.Buzzer);
    }

    [Fact]
    public void OnMethod_AnotherAlertWhileItSounds_IsUnchangedAndKeepsTheFirst()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        var second = Call("buzz", """{"alertId":"a2"}""");

        Assert.Equal("unchanged", (string?)second!.Payload!["result"]);
        Assert.Equal(new Demand("a1", Now.ToUnixTimeMilliseconds()), _actuator.Buzzer);
    }

    [Fact]
    public void OnMethod_ResetWithoutIds_IsCarriedOutEachTimeUnderIdsOfItsOwn()
    {
        Start();
        Call("shutdown", """{"alertId":"a1"}""");
        var first = Assert.IsType<EffectiveResponse>(Call("reset", null));
        var second = Assert.IsType<EffectiveResponse>(Call("reset", "{}"));

        Assert.Equal(["done", "unchanged"], new[] { first, second }.Select(response => (string?)response.Payload!["result"]));
        Assert.NotEqual(first.Effect.Outputs[0].MessageId, second.Effect.Outputs[0].MessageId);
        Assert.Equal("27 off", _board.Events[^1]);
    }

    [Theory]
    [InlineData("buzz", null, "alertId is absent; it must be a string of 1 to 512 characters.")]
    [InlineData("buzz", "{}", "alertId is absent; it must be a string of 1 to 512 characters.")]
    [InlineData("shutdown", """{"alertId":5}""", "alertId is no string; it must be a string of 1 to 512 characters.")]
    [InlineData("shutdown", """{"alertId":""}""", "alertId has another length; it must be a string of 1 to 512 characters.")]
    [InlineData("reset", """{"commandId":[]}""", "commandId is no string; it must be a string of 1 to 512 characters.")]
    [InlineData("reset", "5", "The payload is no object; it must be one.")]
    public void OnMethod_WrongPayload_Is400AndNothingHappens(string method, string? payload, string error)
    {
        Start();
        _board.Events.Clear();
        var response = Call(method, payload);

        Assert.Equal((400, error), (response!.Status, (string?)response.Payload!["message"]));
        Assert.Empty(_board.Events);
    }

    [Fact]
    public void OnMethod_UnknownName_IsNotItsOwn() => Assert.Null(Call("explode", null));

    [Fact]
    public void OnMethod_LineIsBroken_FailsAndARepeatMaySucceed()
    {
        Start();
        _board.Broken.Add(27);
        var failed = Call("shutdown", """{"alertId":"a1"}""");
        _board.Broken.Clear();
        var repeated = Call("shutdown", """{"alertId":"a1"}""");

        Assert.Equal((500, "failed", "The line 27 cannot be set."), (failed!.Status, (string?)failed.Payload!["result"], (string?)failed.Payload["error"]));
        Assert.Equal((200, "done"), (repeated!.Status, (string?)repeated.Payload!["result"]));
        Assert.Equal(1, _ledger.Total("failedCommands"));
    }

    [Fact]
    public void OnItems_CommandsGoodBadAndRepeated_AreInOneOutcomeEach()
    {
        Start();
        var result = Send(
            """
            [{"commandId":"a1/raised","alertId":"a1","action":"buzz","deviceId":"press-1","threshold":40},
             {"commandId":"a1/raised","alertId":"a1","action":"buzz"},
             {"commandId":"a1/escalated","alertId":"a1","action":"shutdown"},
             {"commandId":"x","alertId":"a1","action":"explode"},
             {"commandId":"x","alertId":"a1"},
             {"alertId":"a1","action":"buzz"},
             {"commandId":"x","alertId":7,"action":"buzz"}]
            """);

        Assert.Equal(
            ["a1/raised press-1 buzz done", "a1/escalated  shutdown done"],
            JArray.Parse(System.Text.Encoding.UTF8.GetString(Assert.Single(result.Outputs).Body.Span))
                .Select(item => $"{item["commandId"]} {item["deviceId"]} {item["action"]} {item["result"]}"));
        Assert.Equal(
            ["3 unknownValue action", "4 missingProperty action", "5 missingProperty commandId", "6 wrongType alertId"],
            result.Rejected.Select(rejected => $"{rejected.Index} {rejected.Reason} {rejected.Property}"));
        Assert.Equal((2, 1), (_ledger.Total("evaluated"), _ledger.Total("duplicate")));
    }

    [Fact]
    public void ApplyChange_ChangesOfAFormerLife_GiveTheSameStateAndLines()
    {
        Start();
        var changes = new List<ReadOnlyMemory<byte>>
        {
            Send("""[{"commandId":"c1","alertId":"a1","action":"buzz"},{"commandId":"c2","alertId":"a1","action":"shutdown"}]""").StateChange,
            _module.OnTick(Context(Now.AddSeconds(30))).StateChange,
        };
        AssertSame(changes);
        AssertSame(_module.Snapshot());
    }

    [Fact]
    public void Snapshot_ManyCommands_KeepsTheirOrderInPartsOfBoundedSize()
    {
        Start();
        for (var i = 0; i < 1000; i++) Send($$"""{"commandId":"{{new string('c', 500)}}{{i}}","alertId":"a","action":"buzz"}""");
        var parts = _module.Snapshot().ToList();

        Assert.All(parts, part => Assert.InRange(part.Length, 1, 100_000));
        AssertSame(parts);
    }

    [Fact]
    public void OnSettings_FewerCommands_ForgetsTheOldest()
    {
        Start();
        foreach (var id in new[] { "a1", "a2", "a3" }) Call("buzz", $$"""{"alertId":"{{id}}"}""");
        _settings = OnBoard with { MaxCommands = 2 };
        Start();

        Assert.Equal(["buzz/a2", "buzz/a3"], _actuator.Known);
        Call("buzz", """{"alertId":"a4"}""");
        Assert.Equal(["buzz/a3", "buzz/a4"], _actuator.Known);
    }

    [Fact]
    public void OnTick_BuzzerHasSounded_IsSilentAndTheRelayStays()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        Call("shutdown", """{"alertId":"a1"}""");
        Assert.Equal(Now.AddSeconds(30), _module.NextTick(Context(Now)));
        _module.OnTick(Context(Now.AddSeconds(30)));

        Assert.Null(_module.NextTick(Context(Now)));
        Assert.Equal("17 off", _board.Events[^1]);
        Assert.NotNull(_actuator.Relay);
    }

    [Fact]
    public void OnTick_LineIsBroken_TriesAgainASecondLater()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        _board.Broken.Add(17);
        var due = Now.AddSeconds(30);
        _module.OnTick(Context(due));

        Assert.Equal(due.AddSeconds(1), _module.NextTick(Context(due)));
        Assert.NotNull(_actuator.Buzzer);
    }

    [Fact]
    public void NextTick_BuzzesUntilReset_IsNever()
    {
        _settings = OnBoard with { BuzzSeconds = 0 };
        Start();
        Call("buzz", """{"alertId":"a1"}""");

        Assert.Null(_module.NextTick(Context(Now)));
    }

    [Fact]
    public void OnSettings_AnotherLine_IsTakenAtTheLevelOfTheState()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        _board.Events.Clear();
        _settings = new ActuatorSettings { Gpio = OnBoard.Gpio with { Buzzer = new GpioLine(0, 22, false) } };
        Start();

        Assert.Equal(["17 given back", "22 opened on"], _board.Events);
    }

    [Fact]
    public void OnSettings_LineThatTheBoardHasNot_IsSimulatedAndSaidSo()
    {
        _settings = new ActuatorSettings { Gpio = new GpioSettings { Relay = new GpioLine(1, 5, false) } };
        Start();
        var response = Call("shutdown", """{"alertId":"a1"}""");

        Assert.True((bool)response!.Payload!["simulated"]!);
        Assert.Contains(_log.Lines, line => line.Text == "The relay is simulated, so nothing is switched: The line gpiochip1/5 cannot be opened: there is none.");
        Assert.Contains(_log.Lines, line => line.Text == "The buzzer is simulated: the settings name no line for it.");
        Assert.Equal(
            $$$"""
            {"actuator":{"buzzer":{"on":false,"line":"simulated"},
            "relay":{"open":true,"since":{{{Now.ToUnixTimeMilliseconds()}}},"alertId":"a1","line":"simulated","problem":"The line gpiochip1/5 cannot be opened: there is none."},
            "lastCommands":[{"action":"shutdown","alertId":"a1","result":"done","timestamp":{{{Now.ToUnixTimeMilliseconds()}}}}]}}
            """.ReplaceLineEndings(""),
            _module.Report(Context(Now)).ToString(Formatting.None));
    }

    [Fact]
    public void Reset_LinesAreOn_AreAtRestAndAllIsForgotten()
    {
        Start();
        Call("buzz", """{"alertId":"a1"}""");
        _module.Reset();

        Assert.Equal("17 off", _board.Events[^1]);
        Assert.Equal((null, 0, 0L), (_actuator.Buzzer, _actuator.Known.Count, _actuator.Count));
    }

    [Fact]
    public void GpioBoard_NoSuchChip_IsALineException()
    {
        var error = Assert.Throws<LineException>(() => new GpioBoard().Open(new GpioLine(255, 1023, false), false));
        Assert.StartsWith("The line gpiochip255/1023 cannot be opened: ", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _log.Dispose();

    private void AssertSame(IEnumerable<ReadOnlyMemory<byte>> changes)
    {
        var board = new FakeBoard(17, 27);
        var other = new Actuator();
        var module = new ActuatorModule(other, new Lines(board, _log.For<Lines>()), _log.For<ActuatorModule>());
        foreach (var change in changes) module.ApplyChange(change.Span);
        module.OnSettings(Context(Now));

        Assert.Equal((_actuator.Buzzer, _actuator.Relay, _actuator.Count), (other.Buzzer, other.Relay, other.Count));
        Assert.Equal(_actuator.Known, other.Known);
        Assert.Equal(_actuator.Last, other.Last);
        Assert.Equal([$"17 opened {(_actuator.Buzzer is null ? "off" : "on")}", $"27 opened {(_actuator.Relay is null ? "off" : "on")}"], board.Events);
    }

    private ActuatorModule Module(Actuator actuator) => new(actuator, new Lines(_board, _log.For<Lines>()), _log.For<ActuatorModule>());

    private void Start() => _module.OnSettings(Context(Now));

    private MethodResponse? Call(string method, string? payload) => _module.OnMethod(new MethodRequest(method, payload is null ? null : JToken.Parse(payload)), Context(Now));

    private ModuleResult Send(string items) => _module.OnItems("commands", JToken.Parse(items) is JArray array ? [.. array.Cast<JObject>()] : [JObject.Parse(items)], Context(Now));

    private ModuleContext<ActuatorSettings> Context(DateTimeOffset now) => new(now, _settings, _ledger);
}
