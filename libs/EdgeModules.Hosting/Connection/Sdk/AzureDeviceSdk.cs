namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>Whether this build has Microsoft's SDK (<c>-p:AzureDeviceSdk=true</c>).</summary>
internal static class AzureDeviceSdk
{
    /// <summary>Null in a build without it.</summary>
#if AZURE_DEVICE_SDK
    public static Func<SdkOptions, ISdkClient>? Create { get; } = options => new SdkClient(options);
#else
    public static Func<SdkOptions, ISdkClient>? Create => null;
#endif
}
