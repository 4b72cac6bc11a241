using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EdgeModules.TwinModels;

/// <summary>The summaries of the XML documentation, as plain sentences.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, string> _summaries = [];
    private readonly HashSet<string> _read = [];

    /// <returns>Null when there is none.</returns>
    public string? Of(Type type) => Find(type.Assembly, $"T:{NameOf(type)}");

    /// <summary>Of a property, or of a value of an enum.</summary>
    public string? Of(MemberInfo member) =>
        Find(member.DeclaringType!.Assembly, $"{(member is PropertyInfo ? "P" : "F")}:{NameOf(member.DeclaringType)}.{member.Name}");

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private string? Find(Assembly assembly, string name)
    {
        if (_read.Add(assembly.GetName().Name!)) Read(Path.ChangeExtension(assembly.Location, ".xml"));
        return _summaries.GetValueOrDefault(name);
    }

    private void Read(string file)
    {
        foreach (var member in XDocument.Load(file).Descendants("member"))
        {
            if (member.Element("summary") is { } summary) _summaries[member.Attribute("name")!.Value] = Blanks().Replace(TextOf(summary), " ").Trim();
        }
    }

    /// <summary>Code as it is; of a reference the last name, in camelCase as the twin has it.</summary>
    private static string TextOf(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement reference when (reference.Attribute("cref") ?? reference.Attribute("langword")) is { } target => LastName(target.Value),
        XElement inner => TextOf(inner),
        _ => "",
    }));

    private static string LastName(string target)
    {
        var name = target.Split('(')[0].Split('.', ':')[^1];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
