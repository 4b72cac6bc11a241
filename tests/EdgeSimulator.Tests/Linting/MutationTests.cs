using EdgeSimulator.Linting;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Linting;

/// <summary>Whatever is taken out of a good manifest, or put in another thing's place, is told and never ends the linter.</summary>
public class MutationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>JSON of every type, and texts that mean something somewhere; null takes the node out.</summary>
    private static readonly string?[] Replacements =
    [
        null, "null", "true", "-1", "1e300", "99999999999999999999", "\"\"", "\"${\"", "\"${MODULES.}\"", "\"a.b:/c\"", "[]", "[null]", "[{}]", "{}",
        "{\"\":{}}", "{\"it's [a.b]\":{\"$\":[{\"x y\":null}]}}", "\"{\\\"HostConfig\\\":[]}\"",
    ];

    private const string Inserted = "\"{}[],:\\/*é\ud83d$";

    public static TheoryData<int> Parts => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Lint_AnyNodeMutated_AlwaysAnswers(int part)
    {
        var template = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(LintRig.Root, "deployment.template.json")));
        var paths = template.Descendants().OfType<JProperty>().Select(property => property.Value.Path).ToList();
        Assert.True(paths.Count > 300);
        foreach (var (index, path) in paths.Index().Where(item => item.Index % Parts.Count == part))
        {
            // Every node meets two of the replacements, and neighbours meet others.
            foreach (var replacement in new[] { Replacements[index % Replacements.Length], Replacements[(index * 7 + 3) % Replacements.Length] })
            {
                var text = Mutate(template, path, replacement);
                var findings = LintRig.LintAsync([new LintFile("deployment.template.json", text)], new LintRig.Anything());
                Assert.NotNull(await findings.WaitAsync(Patience));
            }
        }
    }

    [Fact]
    public async Task Lint_LayerWithAnyNodeMutated_AlwaysAnswers()
    {
        var folder = Path.Combine(LintRig.Root, "deployments");
        var bottom = new LintFile("base.template.json", await File.ReadAllTextAsync(Path.Combine(folder, "base.template.json")));
        var layer = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "filter-only.template.json")));
        foreach (var (index, path) in layer.Descendants().OfType<JProperty>().Select(property => property.Value.Path).ToList().Index())
        {
            var mutated = new LintFile("layer.template.json", Mutate(layer, path, Replacements[index % Replacements.Length]));
            Assert.NotNull(await LintRig.LintAsync([mutated], new LintRig.Anything()).WaitAsync(Patience));
            try
            {
                Assert.NotNull(await LintRig.LintAsync([bottom, mutated], new LintRig.Anything()).WaitAsync(Patience));
            }
            catch (SimulatorException error)
            {
                // A file that a mutation has made something else than a layer.
                Assert.Contains("is no layer", error.Message);
            }
        }
    }

    [Fact]
    public async Task Lint_ManifestWithAnyNodeMutated_AlwaysAnswers()
    {
        var file = Path.Combine(LintRig.Root, "tests", "EdgeSimulator.Tests", "Linting", "broken", "secret-in-manifest.json");
        var manifest = JObject.Parse(await File.ReadAllTextAsync(file));
        foreach (var (index, path) in manifest.Descendants().OfType<JProperty>().Select(property => property.Value.Path).ToList().Index())
        {
            var text = Mutate(manifest, path, Replacements[(index * 5 + 1) % Replacements.Length]);
            Assert.NotNull(await LintRig.LintAsync([new LintFile("deployment.json", text)], new LintRig.Anything()).WaitAsync(Patience));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lint_TextCutOrChangedAnywhere_AlwaysAnswers(int seed)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(LintRig.Root, "deployments", "uplink.template.json"));
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            var at = random.Next(text.Length);
            var broken = (i % 3) switch
            {
                0 => text[..at],
                1 => text.Remove(at, 1),
                _ => text.Insert(at, Inserted[random.Next(Inserted.Length)].ToString()),
            };
            Assert.NotNull(await LintRig.LintAsync([new LintFile("layer.template.json", broken)], new LintRig.Anything()).WaitAsync(Patience));
        }
    }

    private static string Mutate(JObject template, string path, string? replacement)
    {
        var json = (JObject)template.DeepClone();
        var at = json.SelectToken(path)!;
        if (replacement is null) at.Parent!.Remove();
        else at.Replace(JToken.Parse(replacement));
        return json.ToString();
    }
}
