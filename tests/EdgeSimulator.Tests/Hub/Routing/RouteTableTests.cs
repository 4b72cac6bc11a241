using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Tests.Hub.Routing;

public sealed class RouteTableTests
{
    private const string IntoInput = "INTO BrokeredEndpoint(\"/modules/target/inputs/in\")";

    [Theory]
    [InlineData("/*", "sensor", "out1", true)]
    [InlineData("/messages/*", "sensor", "out1", true)]
    [InlineData("/messages", "sensor", null, true)]
    [InlineData("/messages/**", "sensor", "out1", true)]
    [InlineData("/messages/modules/*", "sensor", null, true)]
    [InlineData("/messages/modules/sensor/*", "sensor", "out1", true)]
    [InlineData("/messages/modules/sensor/*", "sensor", null, true)]
    [InlineData("/messages/modules/sensor/*", "sensor2", "out1", false)]
    [InlineData("/messages/modules/sensor", "sensor", "out1", true)]
    [InlineData("/messages/modules/sensor/outputs/*", "sensor", "out1", true)]
    [InlineData("/messages/modules/sensor/outputs/*", "sensor", null, false)]
    [InlineData("/messages/modules/sensor/outputs/out1", "sensor", "out1", true)]
    [InlineData("/messages/modules/sensor/outputs/out1", "sensor", "out10", false)]
    [InlineData("/MESSAGES/modules/Sensor/OUTPUTS/Out1", "sensor", "out1", true)]
    [InlineData("/messages/modules/sensor/outputs/out*", "sensor", "out1", false)]
    [InlineData("/messages/modules/*/outputs/out1", "sensor", "out1", false)]
    [InlineData("/messages/events", "sensor", "out1", false)]
    [InlineData("/twinChangeNotifications", "sensor", "out1", false)]
    [InlineData("/messages/modules/sensor/outputs/a", "sensor", "a/b", true)]
    [InlineData("/messages/modules/sensor/outputs/a", "sensor", "a/", true)]
    [InlineData("/messages/modules/sensor/outputs/a", "sensor", " a", false)]
    public void Match_BySourcePrefix(string from, string module, string? output, bool matches)
    {
        var routes = Compile($"FROM {from} {IntoInput}");
        var targets = routes.Match(From(RouteTable.SourceOf(module, output)));
        Assert.Equal(matches ? ["edge-1/target/in"] : [], targets.Select(target => target.Endpoint.Id));
    }

    [Theory]
    [InlineData("FROM /* INTO $upstream", "iothub")]
    [InlineData("select * from /* into $UPSTREAM", "iothub")]
    [InlineData("  FROM\t/messages/*\nINTO\n$upstream  ", "iothub")]
    [InlineData("FROM /messages/* /* a comment */ INTO $upstream", "iothub")]
    [InlineData("/* first */ FROM /messages INTO /* last */ $upstream", "iothub")]
    [InlineData("FROM /* INTO $upstream extra", "iothub")]
    [InlineData("FROM /* INTO $upstream;", "iothub")]
    [InlineData("FROM /* INTO BrokeredEndpoint('/modules/m-1/inputs/in.1')", "edge-1/m-1/in.1")]
    [InlineData("FROM /* INTO brokeredENDPOINT ( \"/modules/m/inputs/i/\" )", "edge-1/m/i")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\"modules/m/inputs/i\")", "edge-1/m/i")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\" /x/m/y/i \")", "edge-1/m/i")]
    public void Compile_WhatEdgeHubAccepts_FindsTheEndpoint(string route, string endpoint) =>
        Assert.Equal([endpoint], Compile(route).Match(From("/messages/modules/a/outputs/b")).Select(target => target.Endpoint.Id));

    [Theory]
    [InlineData("", "column 1: the route is empty; expected FROM source INTO sink.")]
    [InlineData(" /* nothing */ ", "the route is empty")]
    [InlineData("INTO $upstream", "column 1: found 'INTO'; expected SELECT or FROM")]
    [InlineData("FROM INTO $upstream", "column 6: found 'INTO'; expected a source path")]
    [InlineData("FROM messages/* INTO $upstream", "column 6: found 'messages'")]
    [InlineData("FROM /messages/modules/a/outputs/b/ INTO $upstream", "found 'INTO'; expected a name or '*'")]
    [InlineData("FROM /messages/modules/and/* INTO $upstream", "found 'and'")]
    [InlineData("FROM /messages/modules/1e5/* INTO $upstream", "found '1e5'")]
    [InlineData("FROM /messages/*", "found the end of the route; expected WHERE or INTO")]
    [InlineData("FROM /messages/* INTO", "found the end of the route; expected $upstream")]
    [InlineData("SELECT temperature FROM /* INTO $upstream", "found 'temperature'; expected '*'")]
    [InlineData("FROM /* INTO $cloud", "found '$cloud'; expected $upstream")]
    [InlineData("FROM /* INTO Endpoint(\"/modules/a/inputs/b\")", "found 'Endpoint'")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\"/modules/A\")", "address is '\"/modules/A\"'; expected \"/modules/<module>/inputs/<input>\"")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\"/modules/A/inputs/\")", "expected \"/modules/<module>/inputs/<input>\"")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\" \")", "expected \"/modules/<module>/inputs/<input>\"")]
    [InlineData("FROM /* INTO {$upstream}", "found '{'; expected $upstream or BrokeredEndpoint")]
    [InlineData("FROM /* INTO $upstream[0]", "found '$upstream[0]'; expected $upstream")]
    [InlineData("FROM /messages/modules/*/x/*/y INTO $upstream", "found 'y'; expected WHERE or INTO")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\"/modules/A/inputs/b", "expected a quoted endpoint address")]
    [InlineData("FROM /* INTO BrokeredEndpoint(\"/modules/A/inputs/b\"", "expected ')'")]
    public void Compile_WhatCannotBeRead_NamesTheRouteAndTheMistake(string route, string mistake)
    {
        var error = Assert.Throws<RouteException>(() => Compile(route));
        Assert.Equal(RouteStage.Parse, error.Stage);
        Assert.StartsWith("Route 'r0'", error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_SeveralRoutesIntoOneEndpoint_MakeOneDelivery()
    {
        var routes = Compile("FROM /* INTO $upstream", $"FROM /messages/* {IntoInput}", "FROM /messages/modules/a/* INTO $upstream");
        Assert.Equal(["iothub", "edge-1/target/in"], routes.Match(From("/messages/modules/a")).Select(target => target.Endpoint.Id));
        Assert.Equal(["iothub", "edge-1/target/in"], routes.Endpoints.Select(endpoint => endpoint.Id));
    }

    [Theory]
    [InlineData("/*", true, true)]
    [InlineData("/messages/*", true, false)]
    [InlineData("/messages/modules/*", false, false)]
    [InlineData("/twinChangeNotifications", false, true)]
    public void Match_LeafDeviceOrTwinChange_HasASourceOfItsOwn(string from, bool matchesDevice, bool matchesTwinChange)
    {
        var routes = Compile($"FROM {from} INTO $upstream");
        Assert.Equal(matchesDevice, routes.Match(From(RouteTable.DeviceSource)).Count == 1);
        Assert.Equal(matchesTwinChange, routes.Match(From(RouteTable.TwinChangeSource)).Count == 1);
    }

    [Fact]
    public void Match_SeveralPriorities_BestOneAndItsTimeToLive()
    {
        RouteDefinition[] routes =
        [
            new("low", "FROM /* INTO $upstream", 7, 100),
            new("none", "FROM /* INTO $upstream"),
            new("best", "FROM /* INTO $upstream", 2, 5),
            new("better, but not met", "FROM /* WHERE a = 'b' INTO $upstream", 0, 9),
        ];
        Assert.Equal(
            [new RouteTarget(RouteEndpoint.Upstream, 2, 5)],
            RouteTable.Compile("edge-1", routes).Match(From(RouteTable.DeviceSource)));
    }

    [Fact]
    public void Parse_BadType_FailsOnlyWhenCompiled()
    {
        var parsed = RouteTable.Parse("edge-1", [new RouteDefinition("hot", "FROM /* WHERE temperature > 25 INTO $upstream")]);
        var error = Assert.Throws<RouteException>(parsed.Compile);
        Assert.Equal((RouteStage.Compile, "hot", 27), (error.Stage, error.Route, error.Column));
    }

    [Fact]
    public void Match_PropertyNamesThatDifferInCase_IsRefused()
    {
        var routes = Compile("FROM /* INTO $upstream");
        foreach (var others in new[] { 0, 20 })
        {
            KeyValuePair<string, string>[] properties =
                [.. Enumerable.Range(0, others).Select(i => KeyValuePair.Create($"p{i}", "")), new("Zone", "a"), new("zone", "b")];
            var error = Assert.Throws<SimulatorException>(() => routes.Match(new RoutedMessage(RouteTable.DeviceSource, properties, [], default)));
            Assert.Contains("'zone' twice", error.Message, StringComparison.Ordinal);
        }
    }

    private static RouteTable Compile(params string[] routes) =>
        RouteTable.Compile("edge-1", routes.Select((text, i) => new RouteDefinition($"r{i}", text)));

    private static RoutedMessage From(string source) => new(source, [], [], default);
}
