using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeSimulator.Hub.Security;

/// <summary><c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…</c></summary>
/// <param name="Resource">The text of <c>sr</c> as it came; it is what was signed.</param>
/// <param name="Expiry">The text of <c>se</c> as it came: Unix seconds.</param>
internal sealed record SasToken(string Resource, string Signature, string Expiry, DateTimeOffset ExpiresAt)
{
    private const string Prefix = "SharedAccessSignature ";

    /// <returns>Null when the text is no such token.</returns>
    public static SasToken? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var fields = text[Prefix.Length..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        return fields.TryGetValue("sr", out var resource) && fields.TryGetValue("sig", out var signature) && fields.TryGetValue("se", out var expiry)
            && long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? new SasToken(resource, WebUtility.UrlDecode(signature), expiry, DateTimeOffset.FromUnixTimeSeconds(seconds))
                : null;
    }

    public bool IsSignedWith(byte[] key)
    {
        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Resource}\n{Expiry}")));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(Signature));
    }

    /// <returns>Host, device and module that the token speaks for; null when the resource has no such shape. No module: the whole device.</returns>
    public (string Host, string Device, string? Module)? ParseResource() => WebUtility.UrlDecode(Resource).Split('/') switch
    {
        [var host, "devices", var device] => (host, WebUtility.UrlDecode(device), null),
        [var host, "devices", var device, "modules", var module] => (host, WebUtility.UrlDecode(device), WebUtility.UrlDecode(module)),
        _ => null,
    };
}
