using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

internal static class TestManifest
{
    public static JObject Create() => JObject.Parse("""
        {
          "$schema-template": "4.0.0",
          "modulesContent": {
            "$edgeAgent": { "properties.desired": {
              "schemaVersion": "1.1",
              "runtime": { "type": "docker", "settings": {} },
              "systemModules": {
                "edgeAgent": { "type": "docker", "settings": { "image": "agent:1" } },
                "edgeHub": { "type": "docker", "status": "running", "restartPolicy": "always", "settings": { "image": "hub:1" } }
              },
              "modules": {
                "FilterModule": {
                  "type": "docker", "status": "running", "restartPolicy": "always", "startupOrder": 1,
                  "env": { "BOTH": { "value": "env" }, "NUMBER": { "value": 5 }, "YES": { "value": true } },
                  "settings": { "image": "${MODULES.FilterModule}", "createOptions": { "Env": [ "FROM_OPTIONS=a=b", "BOTH=options" ] } }
                },
                "SensorModule": {
                  "type": "docker", "status": "stopped", "restartPolicy": "on-failure",
                  "settings": { "image": "${MODULES.SensorModule}", "createOptions": "{}" }
                }
              }
            } },
            "$edgeHub": { "properties.desired": {
              "schemaVersion": "1.2",
              "routes": {
                "a": "FROM /messages/modules/SensorModule/outputs/readings INTO BrokeredEndpoint(\"/modules/FilterModule/inputs/readings\")",
                "b": { "route": "FROM /messages/* INTO $upstream" }
              },
              "storeAndForwardConfiguration": { "timeToLiveSecs": 7200 }
            } },
            "FilterModule": { "properties.desired": { "maxSilenceSeconds": 300 } }
          }
        }
        """);

    /// <param name="value">JSON; null removes.</param>
    public static void Change(JObject json, string path, string? value)
    {
        var parent = path.Contains('.') ? (JObject)json.SelectToken(path[..path.LastIndexOf('.')])! : json;
        var name = path[(path.LastIndexOf('.') + 1)..];
        if (value is null) parent.Remove(name);
        else parent[name] = JToken.Parse(value);
    }
}
