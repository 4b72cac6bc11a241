namespace EdgeSimulator.Hub.Security;

internal abstract record AuthenticationResult
{
    /// <param name="ModelId">The Plug and Play model that the module announced; null for none.</param>
    public sealed record Accepted(string Module, DateTimeOffset ExpiresAt, string? ModelId = null) : AuthenticationResult;

    /// <param name="Malformed">User name or password has no shape that could be judged.</param>
    /// <param name="Reason">One sentence.</param>
    public sealed record Refused(bool Malformed, string Reason) : AuthenticationResult;
}

/// <summary>Judges the credentials of an MQTT CONNECT and of an HTTPS request as edgeHub does; pure.</summary>
internal sealed class Authenticator(HubOptions options, IdentityStore identities)
{
    /// <summary>How long after its expiry a token is still taken.</summary>
    public static readonly TimeSpan ExpirySlack = TimeSpan.FromMinutes(5);

    public AuthenticationResult Authenticate(string? clientId, string? userName, string? password, DateTimeOffset now)
    {
        if (!TryParseUserName(userName ?? "", out var device, out var module, out var modelId))
            return Malformed($"The user name is '{userName}'; it must be host/device/module/?api-version=...");
        if (!string.Equals(clientId, $"{device}/{module}", StringComparison.Ordinal))
            return Refused($"The client id is '{clientId}'; the user name demands '{device}/{module}'.");
        var result = AuthenticateToken(device, module, password, now);
        return result is AuthenticationResult.Accepted accepted ? accepted with { ModelId = modelId } : result;
    }

    public AuthenticationResult AuthenticateToken(string device, string module, string? password, DateTimeOffset now)
    {
        if (device != options.DeviceId) return Refused($"The device is '{device}'; this hub serves '{options.DeviceId}'.");
        if (identities.Find(module) is not { } identity) return Refused($"There is no module '{module}' in the manifest.");
        if (SasToken.Parse(password ?? "") is not { } token) return Malformed("The password is no SharedAccessSignature with sr, sig and se.");
        if (FindResourceError(token, device, module) is { } error) return Refused(error);
        if (!token.IsSignedWith(Convert.FromBase64String(identity.Key))) return Refused($"The token is not signed with the key of '{module}'.");
        return token.ExpiresAt + ExpirySlack < now
            ? Refused($"The token expired at {token.ExpiresAt:O}; it is {now:O} now.")
            : new AuthenticationResult.Accepted(module, token.ExpiresAt);
    }

    private string? FindResourceError(SasToken token, string device, string module)
    {
        if (token.ParseResource() is not { } resource) return $"The token is for '{token.Resource}'; it must be for host/devices/device/modules/module, encoded.";
        if (!Same(resource.Host, options.IotHubHostName) && !Same(resource.Host, options.GatewayHostName))
            return $"The token is for host '{resource.Host}'; it must be {options.IotHubHostName} or {options.GatewayHostName}.";
        return Same(resource.Device, device) && (resource.Module is null || Same(resource.Module, module))
            ? null
            : $"The token is for '{resource.Device}/{resource.Module}'; it must be for '{device}/{module}'.";
    }

    private static bool TryParseUserName(string userName, out string device, out string module, out string? modelId)
    {
        (device, module, modelId) = ("", "", null);
        if (userName.Split('/') is not [_, var deviceId, var moduleId, var query]) return false;
        (device, module) = (deviceId.Trim(), moduleId.Trim());
        modelId = ValueOf("model-id=") is { } escaped ? Uri.UnescapeDataString(escaped) : null;
        return device.Length > 0 && module.Length > 0 && !string.IsNullOrWhiteSpace(ValueOf("api-version="));

        string? ValueOf(string name) => query.TrimStart('?').Split('&').FirstOrDefault(pair => pair.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static AuthenticationResult.Refused Malformed(string reason) => new(true, reason);

    private static AuthenticationResult.Refused Refused(string reason) => new(false, reason);
}
