using System.Text;
using EdgeSimulator.Hub.Routing.Conditions;

namespace EdgeSimulator.Hub.Routing;

/// <param name="Condition">Null when there is none.</param>
/// <param name="Mistake">One in the condition that passes edgeHub's parser and fails in its compiler; the condition is null then.</param>
internal sealed record ParsedRoute(Route Route, Expression? Condition, RouteException? Mistake);

/// <summary>
/// edgeHub's route language: <c>[SELECT *] FROM source [WHERE condition] INTO sink</c>. As in edgeHub, what follows the sink is not looked at.
/// </summary>
internal sealed class RouteParser
{
    private readonly RouteDefinition _definition;
    private readonly string _deviceId;
    private readonly RouteToken[] _tokens;
    private int _next;

    private RouteParser(RouteDefinition definition, string deviceId)
    {
        _definition = definition;
        _deviceId = deviceId;
        _tokens = RouteLexer.Cut(definition.Text);
    }

    private RouteToken Current => _tokens[_next];

    /// <exception cref="RouteException">The text is no route.</exception>
    public static ParsedRoute Parse(RouteDefinition route, string deviceId) => new RouteParser(route, deviceId).Parse();

    private ParsedRoute Parse()
    {
        if (Current.Kind is RouteTokenKind.End) throw Problem(Current, "the route is empty; expected FROM source INTO sink");
        if (Current.Kind is RouteTokenKind.Select)
        {
            _next++;
            Take(RouteTokenKind.Times, "'*', the only thing a route can select");
        }

        Take(RouteTokenKind.From, _next == 0 ? "SELECT or FROM" : "FROM");
        var source = SourcePath.PrefixOf(TakeSource());
        var (condition, mistake) = Current.Kind is RouteTokenKind.Where ? TakeCondition() : default;
        Take(RouteTokenKind.Into, condition is null && mistake is null ? "WHERE or INTO" : "INTO");
        var route = new Route(_definition.Name, source, TakeSink(), _definition.Priority, _definition.TimeToLiveSeconds);
        return new ParsedRoute(route, condition, mistake);
    }

    private string TakeSource()
    {
        if (Current.Kind is not RouteTokenKind.Divide) throw Unexpected("a source path that begins with '/'");
        var source = new StringBuilder();
        while (Current.Kind is RouteTokenKind.Divide)
        {
            _next++;
            if (Current.Kind is not (RouteTokenKind.Name or RouteTokenKind.Times)) throw Unexpected("a name or '*' after '/'");
            source.Append('/').Append(_tokens[_next++].Text);
        }

        return source.ToString();
    }

    /// <summary>Leaves the token INTO as the current one.</summary>
    private (Expression? Condition, RouteException? Mistake) TakeCondition()
    {
        var start = ++_next;
        var end = Array.FindIndex(_tokens, start, token => token.Kind is RouteTokenKind.Into);
        var parser = new ConditionParser(_definition.Name, _tokens, start);
        try
        {
            var condition = parser.Parse();
            _next = end;
            return (condition, null);
        }
        catch (RouteException error) when (end >= 0 && !parser.IsTooDeep && KnownMistakes.Explain(_tokens, start))
        {
            _next = end;
            return (null, new RouteException(RouteStage.Compile, error.Route, error.Column, error.Problem));
        }
    }

    private RouteEndpoint TakeSink()
    {
        if (Current.Kind is RouteTokenKind.SystemName)
        {
            return Current.Text.Equals("$upstream", StringComparison.OrdinalIgnoreCase)
                ? RouteEndpoint.Upstream
                : throw Unexpected("$upstream, the only system endpoint");
        }

        if (!Current.Text.Equals("BrokeredEndpoint", StringComparison.OrdinalIgnoreCase))
            throw Unexpected("$upstream or BrokeredEndpoint(\"/modules/<module>/inputs/<input>\")");
        _next++;
        Take(RouteTokenKind.OpenParenthesis, "'('");
        var address = Take(RouteTokenKind.String, "a quoted endpoint address like \"/modules/<module>/inputs/<input>\"");
        if (Current.Kind is not RouteTokenKind.CloseParenthesis) throw Unexpected("')'");
        return EndpointOf(address);
    }

    /// <summary>The words "modules" and "inputs" are not compared, as in edgeHub; the address has no escapes.</summary>
    private RouteEndpoint EndpointOf(RouteToken address)
    {
        var path = address.Text[1..^1].Trim();
        if (path.StartsWith('/')) path = path[1..];
        if (path.EndsWith('/')) path = path[..^1];
        return path.Split('/') is [_, var module, _, var input]
            ? RouteEndpoint.ForInput(_deviceId, module, input)
            : throw Problem(address, $"the endpoint address is {address}; expected \"/modules/<module>/inputs/<input>\"");
    }

    private RouteToken Take(RouteTokenKind kind, string expected) => Current.Kind == kind ? _tokens[_next++] : throw Unexpected(expected);

    private RouteException Unexpected(string expected) => Problem(Current, $"found {Current}; expected {expected}");

    private RouteException Problem(RouteToken token, string problem) => new(RouteStage.Parse, _definition.Name, token.Column, problem);
}
