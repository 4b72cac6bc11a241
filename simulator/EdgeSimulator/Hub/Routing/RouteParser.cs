using System.Text;
using System.Text.RegularExpressions;

namespace EdgeSimulator.Hub.Routing;

/// <summary>
/// edgeHub's route language without conditions: <c>[SELECT *] FROM source INTO sink</c>. As in edgeHub, what follows the sink is not looked at.
/// </summary>
internal sealed partial class RouteParser
{
    private readonly string _name;
    private readonly string _deviceId;
    private readonly IReadOnlyList<RouteToken> _tokens;
    private int _next;

    private RouteParser(string name, string text, string deviceId)
    {
        _name = name;
        _deviceId = deviceId;
        _tokens = RouteLexer.Cut(text);
    }

    private RouteToken Current => _tokens[_next];

    /// <exception cref="SimulatorException">The message names the route, the column, what was found and what was expected.</exception>
    public static Route Parse(RouteDefinition route, string deviceId) =>
        new RouteParser(route.Name, route.Text, deviceId).Parse() with { Priority = route.Priority, TimeToLiveSeconds = route.TimeToLiveSeconds };

    private Route Parse()
    {
        if (Current.Kind is RouteTokenKind.End) throw new SimulatorException($"Route '{_name}' is empty; expected FROM source INTO sink.");
        if (Current.Is("SELECT"))
        {
            _next++;
            Take(Current is { Kind: RouteTokenKind.Word, Text: "*" }, "'*', the only thing a route can select");
        }

        Take(Current.Is("FROM"), _next == 0 ? "SELECT or FROM" : "FROM");
        var prefix = PrefixOf(TakeSource());
        if (Current.Is("WHERE"))
        {
            throw new SimulatorException(
                $"Route '{_name}' has a condition (WHERE at column {Current.Column}); conditions are not supported by this version, only FROM source INTO sink.");
        }

        Take(Current.Is("INTO"), "INTO");
        return new Route(_name, prefix, TakeSink());
    }

    private string TakeSource()
    {
        if (!IsSlash(Current)) throw Unexpected("a source path that begins with '/'");
        var source = new StringBuilder();
        while (IsSlash(Current))
        {
            _next++;
            source.Append('/').Append(Take(IsPathItem(Current), "a name or '*' after '/'").Text);
        }

        return source.ToString();
    }

    private RouteEndpoint TakeSink()
    {
        if (Current.Kind is RouteTokenKind.SystemWord)
        {
            return Current.Text.Equals("$upstream", StringComparison.OrdinalIgnoreCase)
                ? RouteEndpoint.Upstream
                : throw Unexpected("$upstream, the only system endpoint");
        }

        Take(Current.Is("BrokeredEndpoint"), "$upstream or BrokeredEndpoint(\"/modules/<module>/inputs/<input>\")");
        Take(Current is { Kind: RouteTokenKind.Symbol, Text: "(" }, "'('");
        var address = Take(Current.Kind is RouteTokenKind.Literal, "a quoted endpoint address");
        if (Current is not { Kind: RouteTokenKind.Symbol, Text: ")" }) throw Unexpected("')'");
        return EndpointOf(address);
    }

    private RouteEndpoint EndpointOf(RouteToken address)
    {
        var path = address.Text[1..^1].Trim();
        if (path.StartsWith('/')) path = path[1..];
        if (path.EndsWith('/')) path = path[..^1];
        var parts = path.Split('/');
        return parts.Length == 4
            ? RouteEndpoint.ForInput(_deviceId, parts[1], parts[3])
            : throw new SimulatorException(
                $"Route '{_name}', column {address.Column}: the endpoint address is {address.Text}; it must be \"/modules/<module>/inputs/<input>\".");
    }

    private static string PrefixOf(string source) => source.TrimEnd('*').TrimEnd('/') + "/";

    private RouteToken Take(bool accepted, string expected) => accepted ? _tokens[_next++] : throw Unexpected(expected);

    private SimulatorException Unexpected(string expected) =>
        new($"Route '{_name}', column {Current.Column}: found {Current}; expected {expected}.");

    private static bool IsSlash(RouteToken token) => token is { Kind: RouteTokenKind.Symbol, Text: "/" };

    private static bool IsPathItem(RouteToken token) => token.Kind is RouteTokenKind.Word && !Reserved().IsMatch(token.Text);

    /// <summary>What edgeHub's lexer takes for a keyword, an operator or a number, so never for a name.</summary>
    [GeneratedRegex(@"^((?i:SELECT|FROM|WHERE|INTO|AND|OR|NOT)|true|false|null|undefined|[-+%]|\|\||-?[0-9]+|0[xX][0-9a-fA-F]+|-?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?|-?[0-9]*[eE][+-]?[0-9]+)$")]
    private static partial Regex Reserved();
}
