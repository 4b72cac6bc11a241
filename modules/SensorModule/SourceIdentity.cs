using System.Security.Cryptography;
using System.Text;

namespace EdgeModules.Sensing;

internal static class SourceIdentity
{
    /// <returns>8 hexadecimal digits that differ when any part differs.</returns>
    public static string Of(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 4));
}
