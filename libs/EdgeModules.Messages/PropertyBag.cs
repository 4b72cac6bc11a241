using System.Text;

namespace EdgeModules.Messages;

/// <summary>
/// The property bag at the end of an edgeHub topic: <c>key=value</c> pairs joined by <c>&amp;</c>, each part percent-encoded as by
/// <see cref="Uri.EscapeDataString(string)"/>. System properties have the keys of <see cref="SystemProperties"/>.
/// </summary>
public static class PropertyBag
{
    /// <returns>The bag in the order of <paramref name="properties"/>; empty when there are none.</returns>
    public static string Encode(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in properties)
        {
            if (text.Length > 0) text.Append('&');
            text.Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    /// <param name="bag">One topic segment, with or without a leading <c>?</c>.</param>
    /// <returns>The pairs in order; a key without <c>=</c> has an empty value; the last of two equal keys counts.</returns>
    public static Dictionary<string, string> Decode(ReadOnlySpan<char> bag)
    {
        var properties = new Dictionary<string, string>();
        if (bag.StartsWith("?")) bag = bag[1..];
        foreach (var range in bag.Split('&'))
        {
            var pair = bag[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? [] : pair[(equals + 1)..];
            properties[Uri.UnescapeDataString(key)] = Uri.UnescapeDataString(value);
        }

        return properties;
    }
}
