using System.Text;
using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Tests.Swap.Trials;

public sealed class ShadowTrials
{
    private const string Variable = "SHADOW_TRIALS";
    private static readonly PolicySettings Policy = new();

    public static TheoryData<CandidateKind> Kinds => [.. Enum.GetValues<CandidateKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_OfAFewSeeds_PromotesNoBadCandidateAndMostGoodOnes(CandidateKind kind)
    {
        const int seeds = 4;

        var decisions = Enumerable.Range(1, seeds).Select(seed => Trial.Run(kind, seed, Policy).Decision).ToList();

        if (Trial.IsBad(kind)) Assert.DoesNotContain(ShadowDecision.Promote, decisions);
        else Assert.True(decisions.Count(decision => decision == ShadowDecision.Promote) >= seeds - 1, string.Join(", ", decisions));
    }

    /// <summary>Writes the table of docs/shadow-trials.md; the page says the command.</summary>
    [SkippableFact]
    public void Run_OfAllSeeds_MakesTheTable()
    {
        var wanted = Environment.GetEnvironmentVariable(Variable);
        Skip.If(wanted is null, $"{Variable} is not set; it is the number of trials for each kind of candidate, and this takes minutes.");
        var seeds = int.Parse(wanted!);
        var table = new StringBuilder();
        table.AppendLine("| candidate | trials | promoted | rejected | inconclusive | rules that rejected it, by trials |").AppendLine("|-|-|-|-|-|-|");
        var falsePromotions = 0;
        foreach (var kind in Enum.GetValues<CandidateKind>())
        {
            var judgements = new Judgement[seeds];
            Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed => judgements[seed] = Trial.Run(kind, seed + 1, Policy));
            if (Trial.IsBad(kind)) falsePromotions += judgements.Count(each => each.Decision == ShadowDecision.Promote);
            table.AppendLine(Line(kind, judgements));
            // After each kind, so that a run that is cut short has not been for nothing.
            File.WriteAllText(Environment.GetEnvironmentVariable($"{Variable}_FILE") ?? "shadow-trials-table.md", table.ToString());
        }

        Assert.Equal(0, falsePromotions);
    }

    private static string Line(CandidateKind kind, Judgement[] judgements)
    {
        var reasons = judgements.Where(each => each.Decision == ShadowDecision.Reject)
            .SelectMany(each => Broken(each)).GroupBy(rule => rule).OrderByDescending(rule => rule.Count()).ThenBy(rule => rule.Key, StringComparer.Ordinal)
            .Select(rule => $"{rule.Key} {rule.Count()}");
        int Count(ShadowDecision decision) => judgements.Count(each => each.Decision == decision);
        return $"| {Words(kind)} | {judgements.Length} | {Count(ShadowDecision.Promote)} | {Count(ShadowDecision.Reject)} "
            + $"| {Count(ShadowDecision.Inconclusive)} | {string.Join(", ", reasons)} |";
    }

    private static IEnumerable<string> Broken(Judgement judgement)
    {
        if (judgement.Reason.StartsWith("A score", StringComparison.Ordinal)) return ["score not within 0 to 1"];
        if (judgement.Reason.Contains("failed", StringComparison.Ordinal)) return ["failed calls"];
        return judgement.Rules.Where(rule => rule.Verdict == RuleVerdict.Broken).Select(rule => rule.Rule);
    }

    private static string Words(CandidateKind kind) =>
        string.Concat(kind.ToString().Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}")).TrimStart();
}
