using EdgeModules.Alerting.Tests.Plain;

namespace EdgeModules.Alerting.Tests;

/// <summary>Any readings, scores, silences, settings and kills: the alerts and commands that leave are those of the plain module, none forgotten, none under two ids.</summary>
public sealed class AlarmProperties
{
    private const int Steps = 60;
    private const int SeedsPerCase = 20;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Messages_OfAnyRunWithKills_AreThoseOfThePlainModule(int number)
    {
        for (var seed = number * SeedsPerCase; seed < (number + 1) * SeedsPerCase; seed++)
        {
            var script = AlertScript.Of(seed, Steps);
            var compactAfter = seed % 2 == 0 ? 5 : int.MaxValue;
            if (await AlertRun.PlayAsync(script, compactAfter) is not { } difference) continue;
            (script, difference) = await ShortenAsync(script, compactAfter, difference);
            Assert.Fail($"Seed {seed}: {difference}\nThe shortest such run:\n{string.Join('\n', script.Select(Text))}");
        }
    }

    /// <summary>Leaves out steps for as long as there still is a difference.</summary>
    private static async Task<(IReadOnlyList<ScriptStep> Script, string Difference)> ShortenAsync(IReadOnlyList<ScriptStep> script, int compactAfter, string difference)
    {
        for (var i = script.Count - 1; i >= 0; i--)
        {
            IReadOnlyList<ScriptStep> shorter = [.. script.Take(i), .. script.Skip(i + 1)];
            if (await AlertRun.PlayAsync(shorter, compactAfter) is not { } still) continue;
            (script, difference) = (shorter, still);
        }

        return (script, difference);
    }

    private static string Text(ScriptStep step) => step switch
    {
        ScriptStep.Deliver { Message: PlainStep.Readings readings } => string.Join("\n  ", readings.Items.Select(item => item.ToString()).Prepend("Deliver")),
        ScriptStep.Deliver { Message: PlainStep.Scores scores } => string.Join("\n  ", scores.Items.Select(item => item.ToString()).Prepend("Deliver")),
        ScriptStep.Configure configure => $"Configure {configure.Desired.ToString(Newtonsoft.Json.Formatting.None)}",
        _ => step.ToString(),
    };
}
