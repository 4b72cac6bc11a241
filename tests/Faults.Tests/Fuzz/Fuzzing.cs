using System.Text;
using EdgeModules.Messages;
using EdgeModules.Testing;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Fuzz;

/// <summary>Runs a target over damaged documents: a few hundred from a fixed seed here, more of others by FUZZ_CASES and FUZZ_SEED.</summary>
internal static class Fuzzing
{
    private const int UsualCases = 400;
    private const ulong UsualSeed = 20260131;
    private const ulong Gamma = 6364136223846793005;

    private static int Cases => int.TryParse(Environment.GetEnvironmentVariable("FUZZ_CASES"), out var cases) ? cases : UsualCases;

    private static ulong Seed => ulong.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out var seed) ? seed : UsualSeed;

    public static byte[] Document(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Corpus", name));

    public static JObject Object(string name) => JsonText.ParseObject(Document(name));

    /// <param name="target">Throws when it does what it must not.</param>
    public static async Task RunAsync(Action<Damage> target)
    {
        // A document that keeps the target busy for ever fails the test by its deadline, and not the whole run.
        var deadline = Waiting.Deadline * Math.Max(1, Cases / UsualCases);
        await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithReplay(Seed, Gamma), Prop.ForAll(Damage.Any(), target))).WaitAsync(deadline);
    }

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
