using System.Text;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Tests.Hub.Routing;

/// <summary>A message with properties and a body of every kind, and conditions put to it.</summary>
internal static class SampleMessage
{
    private const string Body =
        """
        {"n":30,"f":2.5,"s":"abc","yes":true,"no":false,"z":null,"t":"2026-05-01T00:00:00Z","day":"2026-05-01","o":{"k":7},
         "list":[1,"x",{"k":8}],"grid":[[1,2],[3,4]],"twice":1,"twice":2,"big":123456789012345678901,"é":"e"}
        """;

    private static readonly KeyValuePair<string, string>[] Properties =
    [
        new("foo", "x"), new("Zone", "North"), new("n", "30"), new("text", "abc"), new("$odd", "o"),
        new("$body.s", "property"), new("a-b", "7"), new("empty", ""),
    ];

    public static RoutedMessage WithBody(ReadOnlyMemory<byte> body, string? type = "application/json", string? encoding = "utf-8")
    {
        List<KeyValuePair<string, string>> system =
        [
            new("connectionDeviceId", "edge-1"), new("connectionModuleId", "Sensor"), new("outputName", "out1"), new("messageId", "m1"),
        ];
        if (type is not null) system.Add(new("contentType", type));
        if (encoding is not null) system.Add(new("contentEncoding", encoding));
        return new RoutedMessage(RouteTable.SourceOf("Sensor", "out1"), Properties, system, body);
    }

    public static bool Matches(string condition) => Matches(condition, WithBody(Encoding.UTF8.GetBytes(Body)));

    public static bool Matches(string condition, RoutedMessage message) => Compile(condition).Match(message).Count == 1;

    public static RouteTable Compile(string condition) => RouteTable.Compile("edge-1", [new RouteDefinition("r", $"FROM /* WHERE {condition} INTO $upstream")]);
}
