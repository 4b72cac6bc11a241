using System.Text;
using EdgeSimulator.Soak;

namespace Faults.Tests.Modules;

/// <summary>Bodies that are no readings, at every input: counted, acknowledged, and the module goes on.</summary>
public sealed class StrangeBodyTests
{
    private const int Seed = 20260131;

    [Theory]
    [MemberData(nameof(EveryModule.Inputs), MemberType = typeof(EveryModule))]
    public async Task Deliver_BodiesThatAreNoReadings_AreCountedAndTheNextMessageIsDone(string name, string input)
    {
        await using var module = await ModuleUnderFault.StartAsync(name);
        foreach (var (body, readings) in StrangeBodies.Make(Seed)) await module.DeliverAsync(input, body, readings);
        await module.AssertAccountedForAsync();

        await module.DeliverAsync(input, """[{"deviceId":"press-1","timestamp":1767225600000,"temperature":20}]""", 1);
        await module.AssertAccountedForAsync();
    }

    /// <summary>More than any hub takes; a hub of another make might.</summary>
    [Theory]
    [MemberData(nameof(EveryModule.Inputs), MemberType = typeof(EveryModule))]
    public async Task Deliver_BodiesOfAMegabyte_AreCountedAndTheNextMessageIsDone(string name, string input)
    {
        await using var module = await ModuleUnderFault.StartAsync(name);
        const string Reading = """{"deviceId":"press-1","timestamp":1767225600000,"temperature":20,"note":"NOTE"}""";
        await module.DeliverAsync(input, new byte[StrangeBodies.TooLarge], 3);
        await module.DeliverAsync(input, Encoding.UTF8.GetBytes($"[{Reading.Replace("NOTE", new string('x', StrangeBodies.TooLarge))},{Reading}]"), 2);
        await module.DeliverAsync(input, new string(' ', StrangeBodies.TooLarge) + Reading, 1);
        await module.DeliverAsync(input, $"[{Reading}]", 1);

        await module.AssertAccountedForAsync();
    }
}
