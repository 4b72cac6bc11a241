using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Telemetry;
using EdgeModules.Hosting.Tests.Connection;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting.Tests.Telemetry;

public sealed partial class MetricsPageTests
{
    [Theory]
    [InlineData("FilterModule", "filter")]
    [InlineData("filter-2", "filter_2")]
    [InlineData("EdgeGatewayModule", "edgegateway")]
    public void Prefix_ModuleId_IsTheStartOfItsMetricNames(string module, string prefix) =>
        Assert.Equal(prefix, MetricsPage.Prefix(new ModuleAddress("hub", "gateway", "edge-1", module)));

    [Fact]
    public async Task Page_Scraped_HasTheBooksWithTheLabelsOfTheRuntime()
    {
        using var log = new RecordingLogger();
        var port = FreePort();
        using var page = new MetricsPage(Environment(port), log.For<MetricsPage>());
        using var metrics = new ModuleMetrics("scraped", () => [new("received", "", 10), new("suppressed", "deadband", 7)], () => 3);
        metrics.MessageHandled(TimeSpan.FromMilliseconds(2));
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

        Assert.Empty(log.Lines);
        Assert.Equal("10", Value(text, "scraped_ledger_total", "entry=\"received\""));
        Assert.Equal("7", Value(text, "scraped_ledger_total", "reason=\"deadband\""));
        Assert.Equal("3", Value(text, "scraped_held", ""));
        Assert.Equal("1", Value(text, "scraped_message_handling_seconds_count", ""));
        Assert.Equal("0", Value(text, "scraped_message_handling_seconds_bucket", "le=\"0.001\""));
        Assert.Equal("1", Value(text, "scraped_message_handling_seconds_bucket", "le=\"0.0025\""));
        var labels = SampleLine().Matches(text).Select(match => match.Value).Where(line => line.StartsWith("scraped_", StringComparison.Ordinal)).ToList();
        Assert.True(labels.Count > 5);
        Assert.All(labels, line =>
        {
            Assert.Contains("iothub=\"h.net\"", line, StringComparison.Ordinal);
            Assert.Contains("edge_device=\"edge-1\"", line, StringComparison.Ordinal);
            Assert.Contains("module_name=\"FilterModule\"", line, StringComparison.Ordinal);
            Assert.Matches("instance_number=\"[0-9a-f-]{36}\"", line);
        });
    }

    [Fact]
    public void Page_PortIsTaken_SaysSoAndTheModuleGoesOn()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var log = new RecordingLogger();
        using var page = new MetricsPage(Environment(port), log.For<MetricsPage>());

        var line = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.StartsWith($"No metrics page on 127.0.0.1:{port}: ", line.Text);
    }

    [Fact]
    public void Page_PortZero_IsNone()
    {
        using var log = new RecordingLogger();
        using var page = new MetricsPage(Environment(0), log.For<MetricsPage>());

        Assert.Empty(log.Lines);
    }

    private static ModuleEnvironment Environment(int port) => new(
        new ConnectionStringCredentials($"HostName=h.net;DeviceId=edge-1;ModuleId=FilterModule;SharedAccessKey={SasTokenTests.Key}", null),
        8883, 443, port, "127.0.0.1", "/state", LogLevel.Information);

    private static string Value(string text, string name, string label) => SampleLine().Matches(text)
        .Single(match => match.Groups["name"].Value == name && match.Groups["labels"].Value.Contains(label, StringComparison.Ordinal)).Groups["value"].Value;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^(?<name>\w+)\{(?<labels>[^}]*)\} (?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex SampleLine();
}
