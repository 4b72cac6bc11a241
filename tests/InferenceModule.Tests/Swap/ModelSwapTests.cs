using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests.Swap;

/// <summary>The whole swap but for ONNX Runtime: the store on a disk, files, threads; the process killed at each of its states.</summary>
public sealed class ModelSwapTests : IDisposable
{
    private static readonly byte[] First = TinyModel.Bytes(TinyModel.Manifest());
    private static readonly byte[] Second = TinyModel.Bytes(TinyModel.Manifest() with { Version = "2" });
    private static readonly PolicySettings Quick = new()
    {
        MinShadowMinutes = 1, MinBlocks = 20, BlockSeconds = 0, MinProbes = 10, MinFeatureProbes = 4, ProbationMinutes = 5,
        // The clock is moved by hand, also while a call is in a model.
        MaxLatencyP99Ms = 1e9, LatencyP50FloorMs = 1e9,
    };

    private readonly TemporaryFolder _mounted = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly Random _random = new(5);
    private long _timestamp;

    /// <summary>Of the time of day only; time passes all the same.</summary>
    private TimeSpan _clockIsOff;

    private DateTimeOffset Now => _time.GetUtcNow() + _clockIsOff;

    public void Dispose() => _mounted.Dispose();

    [Fact]
    public async Task Tick_WithAGoodCandidate_PromotesItAndReports()
    {
        using var disk = new TemporaryFolder();
        using var swap = await StartedAsync(disk);

        await UntilAsync(swap, SwapPhase.Promoted, Source(Second));

        Assert.Equal("2", swap.Live!.Identity.Version);
        var reports = swap.TakeReports();
        Assert.Equal(["promoting", "promoted"], reports.Select(report => report.Value<string>("decision")!));
        Assert.All(reports, report => Assert.True(report.ToString().Length < SwapReport.MaxBytes));
        Assert.Contains(reports[0]["rules"]!, rule => rule.Value<string>("rule") == "agreementLowerBound" && rule.Value<string>("verdict") == "held");
        var answer = swap.Call(new MethodRequest("getShadowReport", null), Now)!;
        Assert.Equal("promoted", answer.Payload!["last"]!.Value<string>("decision"));
    }

    /// <summary>The time of day is not the time that passes.</summary>
    [Theory]
    [InlineData(SwapPhase.Shadow, 1)]
    [InlineData(SwapPhase.Shadow, -1)]
    [InlineData(SwapPhase.Probation, 1)]
    [InlineData(SwapPhase.Probation, -1)]
    public async Task Tick_AfterTheClockWasSetByADay_GoesOnWhereItWas(SwapPhase phase, int days)
    {
        using var disk = new TemporaryFolder();
        using var swap = await StartedAsync(disk);
        await UntilAsync(swap, phase, Source(Second));

        _clockIsOff = TimeSpan.FromDays(days);
        for (var second = 0; second < 10; second++)
        {
            swap.Tick(Now);
            Assert.Equal(phase, swap.Phase);
            Assert.True(swap.NextTick(Now) <= Now.AddSeconds(1));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await UntilAsync(swap, SwapPhase.Promoted, Source(Second));
    }

    [Fact]
    public async Task Call_OfRollbackAfterPromotion_PutsTheOneBeforeBack()
    {
        using var disk = new TemporaryFolder();
        using var swap = await StartedAsync(disk);
        await UntilAsync(swap, SwapPhase.Promoted, Source(Second));

        Assert.Equal(400, swap.Call(new MethodRequest("rollback", null), Now)!.Status);
        Assert.Equal(409, swap.Call(Rollback(First), Now)!.Status);
        Assert.Equal(200, swap.Call(Rollback(Second), Now)!.Status);

        Assert.Equal((SwapPhase.RolledBack, "1"), (swap.Phase, swap.Live!.Identity.Version));
    }

    [Fact]
    public async Task Tick_WithAFileThatIsAnother_RejectsAfterThreeTries()
    {
        using var disk = new TemporaryFolder();
        using var swap = await StartedAsync(disk);
        var source = Source(Second);
        File.WriteAllBytes(_mounted.File(source.File!), First);

        await UntilAsync(swap, SwapPhase.Rejected, source);

        Assert.Equal("1", swap.Live!.Identity.Version);
        Assert.Contains("try 3 of 3", swap.Report(Now).Value<string>("reason"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SwapPhase.Downloading)]
    [InlineData(SwapPhase.Verifying)]
    [InlineData(SwapPhase.Loading)]
    [InlineData(SwapPhase.Shadow)]
    [InlineData(SwapPhase.Probation)]
    [InlineData(SwapPhase.Promoted)]
    public async Task Start_AfterAKillInAnyState_HasAWorkingModelAndGoesOnToTheEnd(SwapPhase killedIn)
    {
        using var disk = new TemporaryFolder();
        using var killed = await StartedAsync(disk);
        await UntilAsync(killed, killedIn, Source(Second));

        using var left = disk.Copy();
        using var swap = New(left);
        swap.Start(Quick, Now);

        Assert.Equal(killedIn is SwapPhase.Probation or SwapPhase.Promoted ? "2" : "1", swap.Live!.Identity.Version);
        Assert.Equal(killedIn is SwapPhase.Probation ? SwapPhase.Probation : killedIn is SwapPhase.Promoted ? SwapPhase.Promoted : SwapPhase.Idle, swap.Phase);
        await UntilAsync(swap, SwapPhase.Promoted, Source(Second));
        Assert.Equal("2", swap.Live!.Identity.Version);
    }

    [Fact]
    public async Task Start_WithARottenFile_TakesTheOneBefore()
    {
        using var disk = new TemporaryFolder();
        using (var before = await StartedAsync(disk)) await UntilAsync(before, SwapPhase.Promoted, Source(Second));
        File.WriteAllBytes(disk.File(ModelStore.FileOf(TinyModel.Sha256(Second))), First);

        using var swap = New(disk);
        swap.Start(Quick, Now);

        Assert.Equal((SwapPhase.RolledBack, "1"), (swap.Phase, swap.Live!.Identity.Version));
    }

    private static MethodRequest Rollback(byte[] model) => new("rollback", new JObject { ["sha256"] = TinyModel.Sha256(model) });

    private ModelSource Source(byte[] model)
    {
        var sha256 = TinyModel.Sha256(model);
        var file = $"{sha256}.onnx";
        if (!File.Exists(_mounted.File(file))) File.WriteAllBytes(_mounted.File(file), model);
        return new ModelSource { Source = ModelSourceKind.File, File = file, Sha256 = sha256 };
    }

    private ModelSwap New(TemporaryFolder disk) =>
        new(TestModules.Surroundings(new FakeLoader(), new FileFolder(disk.Path), _time, _mounted.Path), TestModules.Telemetry);

    private async Task<ModelSwap> StartedAsync(TemporaryFolder disk)
    {
        var swap = New(disk);
        swap.Start(Quick, Now);
        swap.OnSettings(Source(First), null, Quick, null, Now);
        await Waiting.ForAsync(() => swap.Live is not null, "the first model works", () => swap.Tick(Now));
        return swap;
    }

    /// <summary>Plays windows of a few devices and moves the clock, until the swap is there.</summary>
    private async Task UntilAsync(ModelSwap swap, SwapPhase phase, ModelSource candidate)
    {
        swap.OnSettings(Source(First), candidate, Quick, null, Now);
        await Waiting.ForAsync(() => swap.Phase == phase, $"the swap is in {phase}", () =>
        {
            swap.Tick(Now);
            // Time stands still for a shadow that has not had the processor yet.
            if (swap.Phase == phase || !((ShadowWorker)swap.Tap).IsIdle) return;
            for (var i = 0; i < 20 && swap.Tap.Wants; i++) Play(swap);
            _time.Advance(TimeSpan.FromSeconds(5));
        });
    }

    private void Play(ModelSwap swap)
    {
        _timestamp += 1000;
        var window = new float[6];
        for (var index = 0; index < window.Length; index++) window[index] = (float)(_random.NextDouble() * 0.5);
        var score = new float[1];
        swap.Live!.Score(window, 1, score, new float[2]);
        swap.Tap.Offer(new ScoredWindow($"d{_timestamp / 1000 % 3}", _timestamp, score[0], window, window, []));
    }
}
