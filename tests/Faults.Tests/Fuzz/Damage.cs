using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Fuzz;

/// <summary>What is done to a document of the corpus. FsCheck takes changes away from one that fails, until few are left.</summary>
/// <param name="Document">Which one, by any number.</param>
/// <param name="Changes">Each a change by its number.</param>
public sealed record Damage(int Document, int[] Changes)
{
    private static readonly string[] Fragments =
        ["{", "}", "[", "]", "\"", ",", ":", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "1e400", "-0.0", "99999999999999999999", "NaN", "'", "(", ")", "$", "%2", "%", " ", "\n", "\0", "é", "😀", "=", "<>", "??", "/*", "*/", "."];

    private static readonly Func<JToken>[] Values =
    [
        () => JValue.CreateNull(), () => new JValue(true), () => new JValue(0), () => new JValue(-1), () => new JValue(long.MaxValue), () => new JValue(1e308), () => new JValue(0.5), () => new JValue(1e-300),
        () => new JValue(""), () => new JValue("x"), () => new JValue("$a.b %2"), () => new JValue(new string('y', 5_000)), () => new JArray(), () => new JObject(),
        () => new JArray(1, "a", new JObject()), () => new JObject { ["a"] = new JObject { ["b"] = 1 } }, () => new JValue(System.Numerics.BigInteger.Pow(10, 30)), () => new JValue("\ud800"),
        Deep,
    ];

    public static Arbitrary<Damage> Any() => Arb.From(
        from document in Gen.Choose(0, 1_000)
        from changes in Gen.Choose(0, int.MaxValue).ArrayOf().Resize(8)
        select new Damage(document, changes),
        damage => Enumerable.Range(0, damage.Changes.Length).Select(left => damage with { Changes = [.. damage.Changes.Where((_, change) => change != left)] }));

    public override string ToString() => $"document {Document}, changes {string.Join(", ", Changes)}";

    /// <summary>Bytes changed, put in, taken out, repeated and moved.</summary>
    public byte[] To(IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(corpus[Document % corpus.Count]);
        foreach (var change in Changes)
        {
            var at = change / 4096 % (bytes.Count + 1);
            var length = Math.Min(bytes.Count - at, change / 8 % 64);
            switch (change % 6)
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << (change / 8 % 8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[change / 8 % Fragments.Length]));
                    break;
                case 3:
                    bytes.InsertRange(change / 512 % (bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Repeat(Encoding.UTF8.GetBytes(Fragments[change / 8 % Fragments.Length]), 1 + (change / 512 % 300)).SelectMany(repeated => repeated));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, change / 8 % 1_000_000));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Values changed, keys changed, things taken away; it stays JSON.</summary>
    public JObject To(JObject document)
    {
        var root = (JObject)document.DeepClone();
        foreach (var change in Changes)
        {
            var properties = root.Descendants().OfType<JProperty>().ToList();
            if (properties.Count == 0) break;
            var property = properties[change / 64 % properties.Count];
            var value = Values[change / 8 % Values.Length]();
            switch (change % 5)
            {
                case 0:
                    property.Remove();
                    break;
                case 1:
                    property.Replace(new JProperty(property.Name + "x", property.Value));
                    break;
                case 2 when property.Value is JObject inner && !inner.ContainsKey("unknown"):
                    inner["unknown"] = value;
                    break;
                default:
                    property.Value = value;
                    break;
            }
        }

        return root;
    }

    private static JToken Deep()
    {
        JToken token = new JValue(1);
        for (var depth = 0; depth < 50; depth++) token = new JObject { ["deep"] = token };
        return token;
    }
}
