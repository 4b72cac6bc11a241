using EdgeSimulator.Soak;

namespace EdgeSimulator.Tests.Soak;

public sealed class FaultPlanTests
{
    private static readonly string[] Modules = ["A", "B", "C"];
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    [Fact]
    public void Next_SameSeed_GivesTheSameFaults() => Assert.Equal(Take(200, seed: 7), Take(200, seed: 7));

    [Fact]
    public void Next_OtherSeed_GivesOthers() => Assert.NotEqual(Take(20, seed: 7), Take(20, seed: 8));

    [Fact]
    public void Next_ManyTimes_GivesEachKindOnceBeforeAnyComesAgain() => Assert.All(
        Take(10 * FaultKinds.All.Count, seed: 3).Chunk(FaultKinds.All.Count),
        round => Assert.Equal(FaultKinds.All.Order(), round.Select(fault => fault.Kind).Order()));

    [Fact]
    public void Next_Lengths_AreThoseOfTheKindAndNoneIsLongerThanAsked() => Assert.All(Take(300, seed: 5), fault =>
    {
        var (least, most) = FaultKinds.LengthOf(fault.Kind);
        Assert.InRange(fault.Length, least, most < Longest ? most : Longest);
        Assert.True(fault.Gap > TimeSpan.Zero);
        Assert.Contains(fault.Module, Modules);
    });

    [Fact]
    public void Find_NameOfEachKind_GivesIt()
    {
        Assert.All(FaultKinds.All, kind => Assert.Equal(kind, FaultKinds.Find(FaultKinds.NameOf(kind))));
        Assert.Null(FaultKinds.Find("KillAll"));
    }

    private static List<PlannedFault> Take(int count, int seed)
    {
        var plan = new FaultPlan(seed, FaultKinds.All, Modules, Longest);
        return [.. Enumerable.Range(0, count).Select(_ => plan.Next())];
    }
}
