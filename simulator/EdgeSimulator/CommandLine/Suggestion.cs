namespace EdgeSimulator.CommandLine;

/// <summary>Finds the word that was meant.</summary>
internal static class Suggestion
{
    /// <returns>Null when none is near: it must differ in at most a third of its letters, or begin with what was typed.</returns>
    public static string? For(string typed, IEnumerable<string> words)
    {
        var best = words
            .Select(word => (Word: word, Distance: typed.Length > 1 && word.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(typed, word)))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, best.Word.Length / 3) && best.Distance < best.Word.Length ? best.Word : null;
    }

    /// <summary>Letters to insert, remove, replace, or swap with the next one.</summary>
    private static int Distance(string from, string to)
    {
        var costs = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) costs[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) costs[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var replace = costs[i - 1, j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1);
                costs[i, j] = Math.Min(replace, Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]))
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
            }
        }

        return costs[from.Length, to.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
