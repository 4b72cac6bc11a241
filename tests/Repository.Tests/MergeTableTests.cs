using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Repository.Tests;

/// <summary>The merge table of docs/operations.md, row by row against the code: values in, values out.</summary>
public sealed class MergeTableTests : IDisposable
{
    private static readonly string[] Columns = ["strategy", "desired then", "local", "desired now", "modified", "in force", "reported", "local afterwards"];

    private readonly InMemoryStateStore _store = new();
    private readonly RecordingLogger _log = new();

    /// <summary>The cells of a row, with bars between them.</summary>
    public static TheoryData<string> Rows => new(Cells().Select(cells => string.Join('|', cells)));

    public void Dispose()
    {
        _store.Dispose();
        _log.Dispose();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Apply_RowOfTheMergeTable_ComesOutAsThePageSays(string row)
    {
        if (row.Split('|') is not [var strategy, var then, var local, var now, var modified, var inForce, var reported, var afterwards])
            throw new ArgumentException($"The row has not {Columns.Length} cells.", nameof(row));
        var settings = Open();
        settings.Apply(Desired(1, strategy, then, ""));
        Assert.Empty(settings.SetLocal(new JObject { ["value"] = Json(local) }, "Jo", DateTimeOffset.FromUnixTimeMilliseconds(1000)));

        settings.Apply(Desired(2, strategy, now, modified));
        AssertOutcome();
        // Once: the same again, a restart, and a version that changes nothing here, change and log nothing more.
        settings.Apply(Desired(2, strategy, now, modified));
        settings = Open();
        AssertOutcome();
        settings.Apply(Desired(3, strategy, now, modified));
        AssertOutcome();
        Assert.Equal(reported.Length > 0 ? 1 : 0, _log.Lines.Count(line => line.Level == LogLevel.Warning));

        void AssertOutcome()
        {
            var conflict = settings.Verdict()["conflicts"]?.Single();
            Assert.Equal((inForce, reported, afterwards), (Cell(settings.Current.Value.ToJson()), (string?)conflict?["winner"] ?? "", SavedLocal()));
            if (conflict is not null) Assert.Equal((local, now, 2L), (Cell(conflict["local"]), Cell(conflict["desired"]), (long?)conflict["version"]));
        }
    }

    [Fact]
    public void Rows_OfTheMergeTable_HaveEveryStrategyWithAndWithoutConflict() =>
        Assert.Equal(8, Cells().Select(cells => (cells[0], cells[6].Length > 0)).Distinct().Count());

    private static IReadOnlyList<string[]> Cells() =>
        RepositoryFiles.Table(RepositoryFiles.Section("docs/operations.md", "### Local settings and conflicts"), Columns);

    private TwinSettings<ValueSettings> Open() => new(_store, _log.For<TwinSettings<ValueSettings>>());

    private string SavedLocal() => Cell(JsonText.ParseObject(_store.GetDocument("settings")).SelectToken("local.values[0].value"));

    private static JObject Desired(long version, string strategy, string value, string modified)
    {
        var desired = new JObject { ["$version"] = version, ["localSettings"] = new JObject { ["default"] = strategy } };
        if (value.Length > 0) desired["value"] = Json(value);
        if (modified.Length > 0) desired["settingsModified"] = new JObject { ["value"] = Json(modified) };
        return desired;
    }

    private static JToken Json(string cell) => JsonText.Parse(RepositoryFiles.WithoutTicks(cell));

    private static string Cell(JToken? json) => json is null ? "" : $"`{json.ToString(Formatting.None)}`";

    private sealed record ValueSettings : ISettings<ValueSettings>
    {
        public AnyValue Value { get; init; } = new(0);

        public void Validate(SettingErrors errors)
        {
        }
    }

    private sealed record AnyValue(JToken Json) : ISettingValue<AnyValue>
    {
        public static AnyValue? FromJson(JToken value, string key, SettingErrors errors) => new(value);

        public JToken ToJson() => Json;
    }
}
