using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.TwinModels;

/// <summary>The folder <c>models/dtdl</c>: a file for each module.</summary>
internal static class ModelFiles
{
    /// <summary>What people read, and what a program need not know.</summary>
    private static readonly string[] Prose = ["displayName", "description", "comment"];

    /// <summary>File name → text, as they must be.</summary>
    public static IReadOnlyDictionary<string, string> Expected { get; } =
        ModuleModel.All.ToDictionary(
            parts => $"{parts.Module.Name}.json", parts => ModuleModel.Of(parts).ToString(Formatting.Indented).ReplaceLineEndings("\n") + "\n");

    /// <summary>The folder of the repository that contains this path.</summary>
    public static string Find(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (folder.GetFiles("IoTEdgeSolution.sln").Length > 0) return Path.Combine(folder.FullName, "models", "dtdl");
        }

        throw new InvalidOperationException($"{path} is not below the solution.");
    }

    /// <param name="isReplace">Also over a model that says something else under the same id.</param>
    /// <returns>Ids of the models that were not written.</returns>
    public static IReadOnlyList<string> Write(string folder, bool isReplace)
    {
        Directory.CreateDirectory(folder);
        var refused = new List<string>();
        foreach (var (name, text) in Expected)
        {
            var file = Path.Combine(folder, name);
            var model = JObject.Parse(text);
            if (!isReplace && File.Exists(file) && IsOtherUnderSameId(JObject.Parse(File.ReadAllText(file)), model)) refused.Add((string)model["@id"]!);
            else File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        return refused;
    }

    internal static bool IsOtherUnderSameId(JObject old, JObject now) =>
        (string?)old["@id"] == (string?)now["@id"] && !JToken.DeepEquals(WithoutProse(old), WithoutProse(now));

    private static JObject WithoutProse(JObject model)
    {
        var bare = (JObject)model.DeepClone();
        foreach (var property in bare.Descendants().OfType<JProperty>().Where(property => Prose.Contains(property.Name)).ToList()) property.Remove();
        return bare;
    }
}
