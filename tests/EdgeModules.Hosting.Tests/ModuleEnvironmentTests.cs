using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Hosting.Tests.Connection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting.Tests;

public sealed class ModuleEnvironmentTests
{
    private const string ConnectionString = $"HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey={SasTokenTests.Key}";

    private static readonly Dictionary<string, string?> Runtime = new()
    {
        ["IOTEDGE_WORKLOADURI"] = "unix:///var/run/iotedge/workload.sock", ["IOTEDGE_IOTHUBHOSTNAME"] = "hub.net", ["IOTEDGE_GATEWAYHOSTNAME"] = "gateway",
        ["IOTEDGE_DEVICEID"] = "edge-1", ["IOTEDGE_MODULEID"] = "FilterModule", ["IOTEDGE_MODULEGENERATIONID"] = "1", ["StateDirectory"] = "/state",
    };

    [Fact]
    public void Read_VariablesOfTheRuntime_GivesAddressAndDefaults()
    {
        var environment = Read(Runtime);

        Assert.Equal(new ModuleAddress("hub.net", "gateway", "edge-1", "FilterModule"), environment.Credentials.Address);
        Assert.IsType<WorkloadCredentials>(environment.Credentials);
        Assert.Equal(
            (8883, 9600, "+", "/state", LogLevel.Information, null),
            (environment.MqttPort, environment.MetricsPort, environment.MetricsHost, environment.StateDirectory, environment.LogLevel, environment.Warning));
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData("", 300)]
    [InlineData("0", 0)]
    [InlineData("60", 60)]
    [InlineData("86400", 86_400)]
    public void Read_WatchdogSeconds_IsTaken(string? value, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(new(Runtime) { ["WatchdogSeconds"] = value }).WatchdogLimit);
    }

    [Theory]
    [InlineData("59")]
    [InlineData("86401")]
    [InlineData("-1")]
    [InlineData("5m")]
    public void Read_WatchdogSecondsThatCannotBe_IsRefused(string value)
    {
        var error = Assert.Throws<ModuleConfigurationException>(() => Read(new(Runtime) { ["WatchdogSeconds"] = value }));

        Assert.Equal($"WatchdogSeconds is \"{value}\"; it must be 60 to 86400, or 0 for no watchdog.", error.Message);
    }

    [Fact]
    public void Read_EverythingSet_IsTaken()
    {
        var environment = Read(new(Runtime)
        {
            ["EdgeHubMqttPort"] = "18883", ["MetricsPort"] = "0", ["MetricsHost"] = "127.0.0.1", ["RuntimeLogLevel"] = "Debug", ["EdgeTransport"] = "mqtt",
        });

        Assert.Equal((18_883, 0, "127.0.0.1", LogLevel.Debug), (environment.MqttPort, environment.MetricsPort, environment.MetricsHost, environment.LogLevel));
    }

    [Fact]
    public void Read_NoGateway_ConnectsToTheHub() => Assert.Equal("hub.net", Read(Without("IOTEDGE_GATEWAYHOSTNAME")).Credentials.Address.GatewayHostName);

    [Fact]
    public void Read_ConnectionString_GoesBeforeTheRuntime()
    {
        var environment = Read(new(Runtime) { ["EdgeHubConnectionString"] = ConnectionString });

        Assert.IsType<ConnectionStringCredentials>(environment.Credentials);
        Assert.Equal("d/m", environment.Credentials.Address.ClientId);
    }

    [Fact]
    public void Read_ConnectionStringWithoutStateDirectory_TakesATemporaryOneAndWarns()
    {
        var environment = Read(new() { ["EdgeHubConnectionString"] = ConnectionString });
        try
        {
            Assert.True(Directory.Exists(environment.StateDirectory));
            Assert.Equal($"StateDirectory is not set: state is kept in {environment.StateDirectory} and forgotten after this run.", environment.Warning);
        }
        finally
        {
            Directory.Delete(environment.StateDirectory);
        }
    }

    [Theory]
    [InlineData("IOTEDGE_IOTHUBHOSTNAME", null, "IOTEDGE_IOTHUBHOSTNAME is not set; the IoT Edge runtime sets it together with IOTEDGE_WORKLOADURI.")]
    [InlineData("IOTEDGE_DEVICEID", "", "IOTEDGE_DEVICEID is not set; the IoT Edge runtime sets it together with IOTEDGE_WORKLOADURI.")]
    [InlineData("IOTEDGE_MODULEID", null, "IOTEDGE_MODULEID is not set; the IoT Edge runtime sets it together with IOTEDGE_WORKLOADURI.")]
    [InlineData("IOTEDGE_MODULEGENERATIONID", null, "IOTEDGE_MODULEGENERATIONID is not set; the IoT Edge runtime sets it together with IOTEDGE_WORKLOADURI.")]
    [InlineData("IOTEDGE_WORKLOADURI", "workload.sock", "IOTEDGE_WORKLOADURI is \"workload.sock\"; it must be a URI such as unix:///var/run/iotedge/workload.sock.")]
    [InlineData("IOTEDGE_WORKLOADURI", null, "Neither IOTEDGE_WORKLOADURI nor EdgeHubConnectionString is set; a module is started by the IoT Edge runtime, or with a connection string.")]
    [InlineData("StateDirectory", " ", "StateDirectory is not set; it must name a folder on a volume of the host, or what the module has accepted is lost with its container.")]
    [InlineData("EdgeHubMqttPort", "0", "EdgeHubMqttPort is \"0\"; it must be a port, 1 to 65535.")]
    [InlineData("EdgeHubMqttPort", "mqtt", "EdgeHubMqttPort is \"mqtt\"; it must be a port, 1 to 65535.")]
    [InlineData("MetricsPort", "65536", "MetricsPort is \"65536\"; it must be a port, 0 to 65535.")]
    [InlineData("MetricsPort", "-1", "MetricsPort is \"-1\"; it must be a port, 0 to 65535.")]
    [InlineData("RuntimeLogLevel", "chatty", "RuntimeLogLevel is \"chatty\"; it must be fatal, error, warning, info, debug or verbose.")]
    [InlineData("EdgeTransport", "Amqp", "EdgeTransport is \"Amqp\"; it must be \"Mqtt\" or \"Sdk\".")]
    [InlineData("SdkTransport", "Http", "SdkTransport is \"Http\"; it must be \"Mqtt\" or \"Amqp\".")]
    public void Read_WrongVariable_NamesItAndWhatItMustBe(string name, string? value, string message) =>
        Assert.Equal(message, Assert.Throws<ModuleConfigurationException>(() => Read(new(Runtime) { [name] = value })).Message);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("Mqtt", "Amqp", null)]
    [InlineData("Sdk", null, SdkTransport.Mqtt)]
    [InlineData("sdk", "", SdkTransport.Mqtt)]
    [InlineData("SDK", "mqtt", SdkTransport.Mqtt)]
    [InlineData("Sdk", "Amqp", SdkTransport.Amqp)]
    public void Read_TransportInABuildWithTheSdk_IsTaken(string? edge, string? sdk, SdkTransport? transport) =>
        Assert.Equal(transport, Read(new(Runtime) { ["EdgeTransport"] = edge, ["SdkTransport"] = sdk }, hasSdk: true).SdkTransport);

    [Fact]
    public void Read_SdkInABuildWithoutIt_SaysHowToGetOne() => Assert.Equal(
        "EdgeTransport is \"Sdk\", which this build does not have; set \"Mqtt\", or build with -p:AzureDeviceSdk=true "
        + "(an image: --build-arg AzureDeviceSdk=true).",
        Assert.Throws<ModuleConfigurationException>(() => Read(new(Runtime) { ["EdgeTransport"] = "Sdk" }, hasSdk: false)).Message);

    [Fact]
    public void Read_SdkWithAPortThatItCannotTake_SaysSo() => Assert.Equal(
        "EdgeHubMqttPort is \"18883\", but EdgeTransport is \"Sdk\": Microsoft's SDK connects to port 8883 or 5671 whatever is set here. Leave it out.",
        Assert.Throws<ModuleConfigurationException>(
            () => Read(new(Runtime) { ["EdgeTransport"] = "Sdk", ["EdgeHubMqttPort"] = "18883" }, hasSdk: true)).Message);

    [Theory]
    [InlineData(null, LogLevel.Information)]
    [InlineData("", LogLevel.Information)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("verbose", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("Warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("fatal", LogLevel.Critical)]
    public void ReadLogLevel_WordOfTheRuntime_IsItsLevel(string? word, LogLevel level) =>
        Assert.Equal(level, Read(new(Runtime) { ["RuntimeLogLevel"] = word }).LogLevel);

    private static Dictionary<string, string?> Without(string name) => new(Runtime) { [name] = null };

    private static ModuleEnvironment Read(Dictionary<string, string?> variables) => ModuleEnvironment.Read(Configuration(variables));

    private static ModuleEnvironment Read(Dictionary<string, string?> variables, bool hasSdk) => ModuleEnvironment.Read(Configuration(variables), hasSdk);

    private static IConfiguration Configuration(Dictionary<string, string?> variables) => new ConfigurationBuilder().AddInMemoryCollection(variables).Build();
}
