using System.Collections.Frozen;
using System.IO.Compression;
using EdgeModules.Actuating;
using EdgeModules.Aggregation;
using EdgeModules.Alerting;
using EdgeModules.Filtering;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.Settings;
using EdgeModules.Inference;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Sensing;
using EdgeModules.Testing.Fakes;
using EdgeModules.Uplink;
using EdgeSimulator;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Fuzz;

/// <summary>Documents of the corpus, damaged: what reads them gives a result or the error that it promises, and nothing else.</summary>
public sealed class FuzzTests
{
    private static readonly FrozenSet<string> Named = FrozenSet.Create("temperature");
    private static readonly IReadOnlyList<byte[]> Bodies = [Fuzzing.Document("readings.json"), Fuzzing.Document("commands.json"), Fuzzing.Document("scores.json")];

    [Fact]
    public Task Codec_DamagedBodies_GivesReadingsOrInvalidItems()
    {
        var codec = new MessageCodec();
        return Fuzzing.RunAsync(damage =>
        {
            var body = damage.To(Bodies);
            var batch = codec.Decode(body, Named);
            Assert.True(batch.Readings.Length + batch.Invalid.Count <= body.Length + 1);
            foreach (var invalid in batch.Invalid) AssertJson(InvalidItem.Encode(invalid, body));
        });
    }

    [Fact]
    public Task ItemCodec_DamagedBodies_GivesItemsOrInvalidItems() => Fuzzing.RunAsync(damage =>
    {
        var body = damage.To(Bodies);
        var batch = ItemCodec.Decode(body);
        Assert.Equal(batch.Items.Count, batch.Places.Count);
        foreach (var invalid in batch.Invalid) AssertJson(InvalidItem.Encode(invalid, body));
    });

    [Theory]
    [InlineData("utf-8")]
    [InlineData("gzip")]
    [InlineData("br")]
    public Task BatchReader_DamagedBatches_GivesMembersOrItsError(string encoding)
    {
        var plain = Fuzzing.Document("members.json");
        return Fuzzing.RunAsync(damage =>
        {
            // Before it is compressed, and after.
            foreach (var body in new[] { Compressed(damage.To([plain]), encoding), damage.To([Compressed(plain, encoding)]) })
            {
                try
                {
                    Assert.All(new BatchReader().Read(body, encoding).Members, member => Assert.NotNull(member.Id));
                }
                catch (BatchFormatException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            }
        });
    }

    [Fact]
    public Task Routes_DamagedTexts_AreCompiledOrRefusedWithTheirPlace()
    {
        var routes = Fuzzing.Text(Fuzzing.Document("routes.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(System.Text.Encoding.UTF8.GetBytes).ToList();
        var message = new RoutedMessage(
            RouteTable.SourceOf("X", "o"),
            [new("priority", "critical"), new("temperature", "26"), new("zone", "hall-b"), new("n", "0x20"), new("a", "")],
            [new("contentType", "application/json"), new("contentEncoding", "utf-8"), new("connectionModuleId", "X")],
            """{"alert":{"level":3},"readings":[{"value":null}]}"""u8.ToArray());
        return Fuzzing.RunAsync(damage =>
        {
            try
            {
                RouteTable.Compile("edge-1", [new RouteDefinition("r", Fuzzing.Text(damage.To(routes)))]).Match(message);
            }
            catch (RouteException error)
            {
                Assert.InRange(error.Column, 1, int.MaxValue);
            }
        });
    }

    [Fact]
    public Task Manifest_Damaged_IsReadOrRefusedInOneLine()
    {
        var document = Fuzzing.Object("manifest.json");
        return Fuzzing.RunAsync(damage =>
        {
            try
            {
                ManifestReader.Parse(damage.To(document), "manifest.json");
            }
            catch (SimulatorException error)
            {
                Assert.StartsWith("manifest.json", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
        });
    }

    [Fact]
    public Task Twin_ActuatorModule_IsAppliedOrRejected() => TwinAsync<ActuatorSettings>("ActuatorModule");

    [Fact]
    public Task Twin_AggregatorModule_IsAppliedOrRejected() => TwinAsync<AggregatorSettings>("AggregatorModule");

    [Fact]
    public Task Twin_AlertModule_IsAppliedOrRejected() => TwinAsync<AlertSettings>("AlertModule");

    [Fact]
    public Task Twin_FilterModule_IsAppliedOrRejected() => TwinAsync<FilterSettings>("FilterModule");

    [Fact]
    public Task Twin_InferenceModule_IsAppliedOrRejected() => TwinAsync<InferenceSettings>("InferenceModule");

    [Fact]
    public Task Twin_SensorModule_IsAppliedOrRejected() => TwinAsync<SensorSettings>("SensorModule");

    [Fact]
    public Task Twin_UplinkModule_IsAppliedOrRejected() => TwinAsync<UplinkSettings>("UplinkModule");

    [Fact]
    public Task PropertyBag_DamagedTopics_GivesPairs()
    {
        var bags = new[] { "%24.mid=a%2F1&%24.ct=application%2Fjson&messageType=reading&x=%20y", "?a=b&c" }.Select(System.Text.Encoding.UTF8.GetBytes).ToList();
        return Fuzzing.RunAsync(damage => Assert.NotNull(PropertyBag.Decode(Fuzzing.Text(damage.To(bags)))));
    }

    [Fact]
    public Task HubMetrics_DamagedPages_GivesFiguresOrNone()
    {
        IReadOnlyList<byte[]> pages = [Fuzzing.Document("metrics.txt")];
        return Fuzzing.RunAsync(damage => Assert.True(HubMetrics.Read(Fuzzing.Text(damage.To(pages)))?.Since(null).Queued is null or not long.MaxValue));
    }

    /// <summary>Desired properties, then the same as local settings one by one; what is in force is good, and can be told.</summary>
    private static Task TwinAsync<TSettings>(string module)
        where TSettings : class, ISettings<TSettings>, new()
    {
        var good = (JObject)Fuzzing.Object("twins.json")[module]!;
        return Fuzzing.RunAsync(damage =>
        {
            using var store = new InMemoryStateStore();
            var settings = new TwinSettings<TSettings>(store, NullLogger<TwinSettings<TSettings>>.Instance);
            var twin = damage.To(good);
            twin["$version"] = 1;
            settings.Apply(twin);
            foreach (var property in damage.To(good).Properties()) settings.SetLocal(new JObject { [property.Name] = property.Value }, "fuzz", DateTimeOffset.UnixEpoch);
            AssertGood(settings);

            // As after a restart: what was saved is what is in force.
            AssertGood(new TwinSettings<TSettings>(store, NullLogger<TwinSettings<TSettings>>.Instance), SettingsBinder.ToJson(settings.Current));
        });
    }

    private static void AssertGood<TSettings>(TwinSettings<TSettings> settings, JObject? expected = null)
        where TSettings : class, ISettings<TSettings>, new()
    {
        var errors = new SettingErrors();
        settings.Current.Validate(errors);
        Assert.Empty(errors.All);
        var current = SettingsBinder.ToJson(settings.Current);
        Assert.True(expected is null || JToken.DeepEquals(expected, current), $"In force was {expected}, after a restart it is {current}.");
        // A twin takes 32 KB.
        Assert.InRange(settings.Report().ToString(Formatting.None).Length, 2, 32 << 10);
        Assert.NotNull(settings.Origins());
    }

    /// <summary>By the parser that takes integers of any length.</summary>
    private static void AssertJson(ReadOnlyMemory<byte> item)
    {
        using var document = System.Text.Json.JsonDocument.Parse(item);
        Assert.Equal(System.Text.Json.JsonValueKind.Object, document.RootElement.ValueKind);
    }

    private static byte[] Compressed(byte[] plain, string encoding)
    {
        if (encoding == "utf-8") return plain;
        using var target = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true) : new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(plain);
        return target.ToArray();
    }
}
