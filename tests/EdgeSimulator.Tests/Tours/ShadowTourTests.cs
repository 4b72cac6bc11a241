using EdgeModules.Testing;
using EdgeSimulator.Tours;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Tours;

public sealed class ShadowTourTests : IDisposable
{
    private static readonly TourModels Models = new(Model("1.1.0", 'a'), Model("1.2.0", 'b'), Model("1.3.0", 'c'), Unseen: 1);

    private readonly FakeTimeProvider _clock = new();
    private readonly TestTerminal _terminal = new();
    private readonly CancellationTokenSource _interrupt = new();
    private readonly FakeSwap _swap = new(Models);

    public void Dispose()
    {
        _terminal.Dispose();
        _interrupt.Dispose();
    }

    [Fact]
    public async Task Run_StoryAsTold_HasAllDecisionsAndNoDifference()
    {
        var result = await PlayAsync();
        Assert.Equal([], result.Differences);
        Assert.Equal(
            ["1.1.0: promoting promoted", "1.2.0: rejected", "1.3.0: promoting rolledBack"],
            result.Parts.Select(part => $"{part.Candidate.Version}: {string.Join(' ', part.Decisions.Select(decision => decision.Report.Decision))}"));
        Assert.Equal(
            ["candidate 1.1.0", "candidate 1.2.0", "machines stand still", "candidate 1.3.0", "machines work"],
            _swap.Asked);
        Assert.Contains("featureProbeLossPoints 98; it must be <= 25: broken.", _terminal.Text);
        Assert.Contains("Of 50 such faults in vibration the active model found 49, and the candidate 1.", _terminal.Text);
        Assert.Contains("took 2 of the same 200 windows for strange", _terminal.Text);
        Assert.Contains("At the end pump 1.1.0", _terminal.Text);
    }

    [Theory]
    [InlineData("1.1.0", "rejected", "pump 1.1.0 (aaaaaaaaaaaa…) was decided on with rejected; it must be promoting. Because.")]
    [InlineData("1.2.0", "promoting", "pump 1.2.0 (bbbbbbbbbbbb…) was decided on with promoting; it must be rejected. Because.")]
    [InlineData("1.3.0", "promoting promoted", "pump 1.3.0 (cccccccccccc…) was decided on with promoted; it must be rolledBack. Because.")]
    public async Task Run_AnotherDecision_EndsTheStoryWithThatDifference(string version, string decisions, string difference)
    {
        _swap.Decisions[version] = decisions;
        Assert.Equal([difference], (await PlayAsync()).Differences);
    }

    [Fact]
    public async Task Run_RejectedByAnotherRule_IsADifference()
    {
        _swap.BrokenRule = "stabilityIndex";
        var difference = Assert.Single((await PlayAsync()).Differences);
        Assert.Contains("was rejected by stabilityIndex; it must be by featureProbeLossPoints or probeLossPoints", difference);
    }

    [Fact]
    public async Task Run_TheOldModelIsAlarmedToo_IsADifference()
    {
        _swap.StrangeForTheOldModel = 20;
        Assert.Equal(["pump 1.1.0 (aaaaaaaaaaaa…) did not stay calm when the machines started: Because."], (await PlayAsync()).Differences);
    }

    [Fact]
    public async Task Run_NoDecision_EndsWhenPatienceIsOver()
    {
        _swap.Decisions["1.1.0"] = "";
        var difference = Assert.Single((await PlayAsync()).Differences);
        // Three minutes at most in shadow, half of one in probation, and one.
        Assert.Equal("Nothing was decided on pump 1.1.0 (aaaaaaaaaaaa…) within 4.5 minutes; it must be promoting.", difference);
        Assert.Contains(
            "shadow: 40 separate windows; over the limit: 3 for the active model, 4 for the candidate; "
            + "of 20 injected faults the active model found 18, the candidate 17.",
            _terminal.Text);
    }

    [Fact]
    public async Task Run_TheModuleIsTooBusyToAnswer_WaitsForTheDecisionAllTheSame()
    {
        _swap.Decisions["1.1.0"] = "";
        _swap.IsBusy = true;
        Assert.StartsWith("Nothing was decided", Assert.Single((await PlayAsync()).Differences));
    }

    [Fact]
    public async Task Run_SettingsRefused_IsADifferenceWithTheReason()
    {
        _swap.Refusal = "candidate.url is wrong.";
        Assert.Contains("candidate.url is wrong.", Assert.Single((await PlayAsync()).Differences));
    }

    [Fact]
    public async Task Run_TheModuleNeverScores_IsADifference()
    {
        _swap.Status = "degraded";
        Assert.Equal(["Waited 60 s in vain until InferenceModule scores."], (await PlayAsync()).Differences);
    }

    [Fact]
    public async Task Run_Interrupted_IsADifference()
    {
        _swap.Decisions["1.1.0"] = "";
        await _interrupt.CancelAsync();
        Assert.Equal(["The tour was interrupted."], (await PlayAsync()).Differences);
    }

    private async Task<TourResult> PlayAsync()
    {
        using var tour = new ShadowTour(_swap.Hub, _swap, Models, _terminal.Terminal, _clock);
        var run = tour.RunAsync(_interrupt.Token);
        await Waiting.ForAsync(() => run.IsCompleted, "the story is over", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        return await run;
    }

    private static TourModel Model(string version, char digit) =>
        new("pump", version, new string(digit, 64), 10, new Uri($"https://localhost/models/pump-{version}.onnx"));
}
