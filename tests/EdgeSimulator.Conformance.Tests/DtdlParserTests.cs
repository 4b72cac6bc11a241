using System.Diagnostics;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>models/dtdl before Microsoft's own parser of DTDL, which runs in Node as WebAssembly.</summary>
public class DtdlParserTests
{
    private static string Models => Path.Combine(AppContext.BaseDirectory, "models", "dtdl");

    [SkippableFact]
    public async Task Parse_ModelsOfTheModules_HaveNoMistake()
    {
        var found = await ParseAsync(Models);
        Assert.NotEmpty(found);
        foreach (var (file, mistake) in found) Assert.True(mistake!.Type == JTokenType.Null, $"{file}: {mistake}");
    }

    /// <summary>So that a parser that finds nothing is noticed.</summary>
    [SkippableFact]
    public async Task Parse_ASpoiltModel_SaysWhere()
    {
        using var folder = new TemporaryFolder();
        var model = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(Models, "FilterModule.json")));
        model["contents"]![1]!["unit"] = "fortnight";
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "spoilt.json"), model.ToString());
        Assert.Contains("fortnight", (await ParseAsync(folder.Path))["spoilt.json"]!.ToString());
    }

    /// <returns>File name → what is wrong, null for nothing.</returns>
    private static async Task<JObject> ParseAsync(string folder)
    {
        NodeSdk.Require();
        var start = new ProcessStartInfo("node", ["models.mjs", folder])
        {
            WorkingDirectory = NodeSdk.Folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var node = Process.Start(start)!;
        using var time = new CancellationTokenSource(Waiting.Deadline);
        var complaints = node.StandardError.ReadToEndAsync(time.Token);
        var output = await node.StandardOutput.ReadToEndAsync(time.Token);
        await node.WaitForExitAsync(time.Token);
        Assert.True(node.ExitCode == 0, await complaints);
        return JObject.Parse(output);
    }
}
