using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Agent;

public class ModuleEnvironmentTests
{
    [Fact]
    public void Create_Module_GivesWhatEdgeAgentWouldAndNothingOfTheUsersShell()
    {
        const string foreign = "EDGESIMULATOR_TESTS_FOREIGN";
        Environment.SetEnvironmentVariable(foreign, "1");
        var module = new ModuleDeployment("X", "x", ModuleStatus.Running, RestartPolicy.Always, 0, new Dictionary<string, string>
        {
            ["MINE"] = "1",
            ["StateDirectory"] = "/state",
            ["RuntimeLogLevel"] = "warning",
            ["IOTEDGE_MODULEID"] = "Y",
        });

        var variables = ModuleEnvironment.Create(
            module, new ModuleIdentity("device-1", "X", "7", "a2V5"), new ModulePlace("unix:///w.sock", "hub.example", "localhost", 18883, 18443, 9600, 9602, "/run/modules/X", "info"));

        Assert.DoesNotContain(foreign, variables.Keys);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), variables["PATH"]);
        var expected = new Dictionary<string, string>
        {
            ["MINE"] = "1",
            ["RuntimeLogLevel"] = "warning",
            ["IOTEDGE_WORKLOADURI"] = "unix:///w.sock",
            ["IOTEDGE_IOTHUBHOSTNAME"] = "hub.example",
            ["IOTEDGE_GATEWAYHOSTNAME"] = "localhost",
            ["IOTEDGE_DEVICEID"] = "device-1",
            ["IOTEDGE_MODULEID"] = "X",
            ["IOTEDGE_MODULEGENERATIONID"] = "7",
            ["IOTEDGE_AUTHSCHEME"] = "sasToken",
            ["IOTEDGE_APIVERSION"] = "2018-06-28",
            ["EdgeHubMqttPort"] = "18883",
            ["EdgeHubHttpsPort"] = "18443",
            ["EdgeHubMetricsPort"] = "9600",
            ["MetricsPort"] = "9602",
            ["MetricsHost"] = "localhost",
            ["StateDirectory"] = "/run/modules/X",
        };
        Assert.Equal(expected, expected.Keys.ToDictionary(name => name, name => variables[name]));
    }
}
