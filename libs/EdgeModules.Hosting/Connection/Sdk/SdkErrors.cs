using System.Text.RegularExpressions;

namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>What the SDK's answer to reported properties means. It gives no status, but a sentence, and whether it would be worth another try.</summary>
internal static partial class SdkErrors
{
    /// <param name="transient">The SDK's own verdict, by which over MQTT every status but 429 is final.</param>
    /// <returns>
    /// The status with which the hub refused them for good, 400 where the sentence is the hub's own, as over AMQP; null when they may be sent again.
    /// </returns>
    public static int? RefusalOf(string message, bool transient, SdkTransport transport)
    {
        if (transient) return null;
        if (transport == SdkTransport.Amqp) return message.StartsWith("Device is now offline", StringComparison.Ordinal) ? null : 400;
        if (!Status().Match(message).Groups["status"].TryParse(out var status)) return null;
        return status is 408 or 429 or >= 500 ? null : status;
    }

    private static bool TryParse(this Group group, out int number) => int.TryParse(group.ValueSpan, out number);

    /// <summary><c>Request 6f2… returned status 400</c></summary>
    [GeneratedRegex(@" returned status (?<status>\d{3})$")]
    private static partial Regex Status();
}
