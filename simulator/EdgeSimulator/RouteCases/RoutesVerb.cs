using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.RouteCases;

/// <summary>The verb <c>routes</c>: evaluates a file of cases and compares with what each expects.</summary>
internal static class RoutesVerb
{
    public const string Description = "Evaluate a file of routes and messages, and compare with what each is expected to give";

    public const string FileDescription =
        """
        Lines like
        {"case": {"routes": {"r": "FROM /messages/* WHERE level = 'high' INTO $upstream"}, "module": "Sensor", "output": "out",
        "props": {"level": "high"}, "sys": {}, "body": {}}, "expect": {"accepted": true, "deliveries": [{"id": "iothub", "priority": 2000000000, "ttl": 0}]}}
        """;

    /// <summary>Long enough for a steady figure, short enough to wait for.</summary>
    private static readonly TimeSpan MeasuredTime = TimeSpan.FromSeconds(1);

    /// <exception cref="SimulatorException">The file cannot be read.</exception>
    public static async Task<int> RunAsync(string file, Terminal terminal, TimeProvider clock, CancellationToken cancellation)
    {
        var (cases, asExpected) = (0, 0);
        var compiled = new List<(RouteTable Table, RoutedMessage Message)>();
        foreach (var (index, line) in (await ReadAsync(file, cancellation)).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            cases++;
            if (Check(line, $"{file}, line {index + 1}", compiled) is { } difference) terminal.Plain(difference);
            else asExpected++;
        }

        if (Measure(compiled, clock, cancellation) is { } rate) terminal.Plain($"{rate:N0} route evaluations a second on one core");
        terminal.Plain($"{asExpected} of {cases} as expected");
        return asExpected == cases ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <returns>Null if what comes is what was expected.</returns>
    private static string? Check(string line, string place, List<(RouteTable Table, RoutedMessage Message)> compiled)
    {
        try
        {
            var routeCase = RouteCase.Parse(line, place);
            var (verdict, reason, table) = routeCase.Evaluate();
            if (table is not null) compiled.Add((table, routeCase.Message));
            return routeCase.Expected.IsMetBy(verdict) ? null : $"{place}: expected {routeCase.Expected}; came {verdict}. {reason}".TrimEnd();
        }
        catch (SimulatorException error)
        {
            return error.Message;
        }
    }

    /// <summary>Every accepted case over and over, its body read anew each time.</summary>
    /// <returns>Null when there is nothing to measure.</returns>
    private static double? Measure(List<(RouteTable Table, RoutedMessage Message)> compiled, TimeProvider clock, CancellationToken cancellation)
    {
        var routes = compiled.Sum(pair => pair.Table.Count);
        if (routes == 0) return null;
        var rounds = 0L;
        var begin = clock.GetTimestamp();
        var elapsed = TimeSpan.Zero;
        while (elapsed < MeasuredTime)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (table, message) in compiled) table.Match(message);
            rounds++;
            elapsed = clock.GetElapsedTime(begin);
        }

        return rounds * routes / elapsed.TotalSeconds;
    }

    private static async Task<string[]> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllLinesAsync(file, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SimulatorException($"{file} cannot be read: {error.Message}", error);
        }
    }
}
