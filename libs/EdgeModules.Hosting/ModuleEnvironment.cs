using System.Globalization;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting;

/// <summary>What the environment variables of a module say; all of them in one place.</summary>
/// <param name="MqttPort"><c>EdgeHubMqttPort</c>, default 8883.</param>
/// <param name="HttpsPort"><c>EdgeHubHttpsPort</c>, default 443: methods of other modules.</param>
/// <param name="MetricsPort"><c>MetricsPort</c>, default 9600; 0 for no metrics page.</param>
/// <param name="MetricsHost"><c>MetricsHost</c>, default <c>+</c>: every address.</param>
/// <param name="StateDirectory"><c>StateDirectory</c>: a folder on a volume.</param>
public sealed record ModuleEnvironment(
    IModuleCredentials Credentials, int MqttPort, int HttpsPort, int MetricsPort, string MetricsHost, string StateDirectory, LogLevel LogLevel)
{
    private const int StandardMetricsPort = 9600;
    private const int StandardMqttPort = 8883;

    /// <summary><c>EdgeHubMetricsPort</c>, default 9600: edgeHub's own metrics page.</summary>
    public int HubMetricsPort { get; private init; } = StandardMetricsPort;

    /// <summary><c>WatchdogSeconds</c>, default 300: how long the loop may get nothing done before the process ends itself; zero for never.</summary>
    public TimeSpan WatchdogLimit { get; private init; }

    /// <summary><c>EdgeTransport</c> is <c>Sdk</c>: what Microsoft's SDK is to speak, by <c>SdkTransport</c>. Null for the module's own MQTT.</summary>
    public SdkTransport? SdkTransport { get; private init; }

    /// <summary>A warning for the operator about the environment, or null.</summary>
    public string? Warning { get; private init; }

    /// <exception cref="ModuleConfigurationException">A variable is missing or unreadable.</exception>
    public static ModuleEnvironment Read(IConfiguration variables) => Read(variables, AzureDeviceSdk.Create is not null);

    /// <param name="hasSdk">Whether this build has Microsoft's SDK.</param>
    internal static ModuleEnvironment Read(IConfiguration variables, bool hasSdk)
    {
        var credentials = ReadCredentials(variables);
        var mqttPort = ReadPort(variables, "EdgeHubMqttPort", StandardMqttPort, lowest: 1);
        var sdkTransport = ReadSdkTransport(variables, hasSdk);
        if (sdkTransport is not null && mqttPort != StandardMqttPort)
        {
            throw new ModuleConfigurationException(
                $"EdgeHubMqttPort is \"{mqttPort}\", but EdgeTransport is \"Sdk\": Microsoft's SDK connects to port 8883 or 5671 whatever is set here. "
                + "Leave it out.");
        }

        var state = variables["StateDirectory"];
        string? warning = null;
        if (string.IsNullOrWhiteSpace(state))
        {
            if (credentials.IsRuntime)
            {
                throw new ModuleConfigurationException(
                    "StateDirectory is not set; it must name a folder on a volume of the host, or what the module has accepted is lost with its container.");
            }

            state = Directory.CreateTempSubdirectory($"{credentials.Address.ModuleId}-").FullName;
            warning = $"StateDirectory is not set: state is kept in {state} and forgotten after this run.";
        }

        return new ModuleEnvironment(
            credentials, mqttPort, ReadPort(variables, "EdgeHubHttpsPort", 443, lowest: 1), ReadPort(variables, "MetricsPort", StandardMetricsPort, lowest: 0),
            variables["MetricsHost"] ?? "+", state, ReadLogLevel(variables))
        {
            HubMetricsPort = ReadPort(variables, "EdgeHubMetricsPort", StandardMetricsPort, lowest: 1),
            WatchdogLimit = ReadWatchdogLimit(variables),
            SdkTransport = sdkTransport,
            Warning = warning,
        };
    }

    /// <summary>What tells this module from all others on the machine, for itself and for a verb that is run beside it. Holds no secret.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public static string InstanceOf(Func<string, string?> variable)
    {
        var connection = (variable("EdgeHubConnectionString") ?? "").Split(';', StringSplitOptions.TrimEntries);
        string?[] parts =
        [
            variable("StateDirectory"), variable("IOTEDGE_DEVICEID"), variable("IOTEDGE_MODULEID"),
            .. connection.Where(part => !part.StartsWith("SharedAccessKey", StringComparison.OrdinalIgnoreCase)),
        ];
        return string.Join('\n', parts);
    }

    /// <summary>The words that the runtime's own modules take for <c>RuntimeLogLevel</c>.</summary>
    public static LogLevel ReadLogLevel(IConfiguration variables) => variables["RuntimeLogLevel"]?.ToLowerInvariant() switch
    {
        null or "" or "info" or "information" => LogLevel.Information,
        "verbose" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" => LogLevel.Critical,
        var word => throw new ModuleConfigurationException($"RuntimeLogLevel is \"{word}\"; it must be fatal, error, warning, info, debug or verbose."),
    };

    /// <returns>Null for the module's own MQTT.</returns>
    private static SdkTransport? ReadSdkTransport(IConfiguration variables, bool hasSdk)
    {
        SdkTransport protocol = variables["SdkTransport"]?.ToLowerInvariant() switch
        {
            null or "" or "mqtt" => Connection.Sdk.SdkTransport.Mqtt,
            "amqp" => Connection.Sdk.SdkTransport.Amqp,
            _ => throw new ModuleConfigurationException($"SdkTransport is \"{variables["SdkTransport"]}\"; it must be \"Mqtt\" or \"Amqp\"."),
        };
        switch (variables["EdgeTransport"]?.ToLowerInvariant())
        {
            case null or "" or "mqtt":
                return null;
            case "sdk" when hasSdk:
                return protocol;
            case "sdk":
                throw new ModuleConfigurationException(
                    "EdgeTransport is \"Sdk\", which this build does not have; set \"Mqtt\", or build with -p:AzureDeviceSdk=true "
                    + "(an image: --build-arg AzureDeviceSdk=true).");
            default:
                throw new ModuleConfigurationException($"EdgeTransport is \"{variables["EdgeTransport"]}\"; it must be \"Mqtt\" or \"Sdk\".");
        }
    }

    private static IModuleCredentials ReadCredentials(IConfiguration variables)
    {
        if (variables["EdgeHubConnectionString"] is { Length: > 0 } connectionString)
            return new ConnectionStringCredentials(connectionString, variables["EdgeModuleCACertificateFile"]);

        if (variables["IOTEDGE_WORKLOADURI"] is not { Length: > 0 } workload)
        {
            throw new ModuleConfigurationException(
                "Neither IOTEDGE_WORKLOADURI nor EdgeHubConnectionString is set; a module is started by the IoT Edge runtime, or with a connection string.");
        }

        if (!Uri.TryCreate(workload, UriKind.Absolute, out var uri))
            throw new ModuleConfigurationException($"IOTEDGE_WORKLOADURI is \"{workload}\"; it must be a URI such as unix:///var/run/iotedge/workload.sock.");
        var hub = Required("IOTEDGE_IOTHUBHOSTNAME");
        var address = new ModuleAddress(hub, variables["IOTEDGE_GATEWAYHOSTNAME"] ?? hub, Required("IOTEDGE_DEVICEID"), Required("IOTEDGE_MODULEID"));
        return new WorkloadCredentials(uri, address, Required("IOTEDGE_MODULEGENERATIONID"));

        string Required(string name) => variables[name] is { Length: > 0 } value
            ? value
            : throw new ModuleConfigurationException($"{name} is not set; the IoT Edge runtime sets it together with IOTEDGE_WORKLOADURI.");
    }

    private static TimeSpan ReadWatchdogLimit(IConfiguration variables)
    {
        if (variables["WatchdogSeconds"] is not { Length: > 0 } text) return TimeSpan.FromSeconds(300);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is 0 or (>= 60 and <= 86_400)
            ? TimeSpan.FromSeconds(seconds)
            : throw new ModuleConfigurationException($"WatchdogSeconds is \"{text}\"; it must be 60 to 86400, or 0 for no watchdog.");
    }

    private static int ReadPort(IConfiguration variables, string name, int standard, int lowest)
    {
        if (variables[name] is not { Length: > 0 } text) return standard;
        return int.TryParse(text, out var port) && port >= lowest && port <= 65_535
            ? port
            : throw new ModuleConfigurationException($"{name} is \"{text}\"; it must be a port, {lowest} to 65535.");
    }
}
