using System.Security.Cryptography;
using System.Text;

namespace EdgeModules.Hosting.Connection;

/// <summary>Message ids that a module gives itself, such as <c>alert/RULE/DEVICE/TIME</c>: equal parts give equal ids, others give others.</summary>
public static class MessageIds
{
    /// <summary>The limit of IoT Hub.</summary>
    public const int MostCharacters = 128;

    private const int HashCharacters = 32;

    /// <param name="parts">Text of any kind; percent-encoded, so that the parts stay apart and the id is ASCII.</param>
    /// <returns>The parts with slashes between, at most <see cref="MostCharacters"/> long.</returns>
    public static string Of(params IEnumerable<string> parts) => Shortened(string.Join('/', parts.Select(Uri.EscapeDataString)));

    /// <returns>The id itself if it is not too long; else its beginning and a hash of the whole.</returns>
    public static string Shortened(string id)
    {
        if (id.Length <= MostCharacters) return id;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..HashCharacters];
        return $"{id[..(MostCharacters - HashCharacters - 1)]}~{hash}";
    }
}
