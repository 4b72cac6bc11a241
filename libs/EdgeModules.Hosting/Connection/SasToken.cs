using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeModules.Hosting.Connection;

/// <summary>Shared access signatures of IoT Hub for a module.</summary>
public static class SasToken
{
    /// <summary>The resource that a module's token is for; ids are encoded twice, as the official SDKs do it.</summary>
    public static string Audience(string hubHostName, string deviceId, string moduleId) =>
        WebUtility.UrlEncode($"{hubHostName}/devices/{WebUtility.UrlEncode(deviceId)}/modules/{WebUtility.UrlEncode(moduleId)}");

    /// <summary>What is signed: audience, line feed, expiry in Unix seconds.</summary>
    public static byte[] SignedText(string audience, DateTimeOffset expiry) => Encoding.UTF8.GetBytes($"{audience}\n{expiry.ToUnixTimeSeconds()}");

    /// <param name="signature">Base64 of the HMAC-SHA256 over <see cref="SignedText"/>.</param>
    public static string Format(string audience, string signature, DateTimeOffset expiry) =>
        $"SharedAccessSignature sr={audience}&sig={WebUtility.UrlEncode(signature)}&se={expiry.ToUnixTimeSeconds()}";

    /// <param name="key">The module's key, base64.</param>
    public static string Sign(string key, byte[] text) => Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), text));
}
