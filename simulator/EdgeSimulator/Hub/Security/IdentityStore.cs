using System.Security.Cryptography;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Storage;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Security;

/// <summary>Keys of the modules: made once, kept in the store. Immutable after construction.</summary>
internal sealed class IdentityStore
{
    private const int KeyBytes = 32;
    private readonly Dictionary<string, ModuleIdentity> _identities;

    public IdentityStore(Database database, string deviceId, IEnumerable<string> modules) =>
        _identities = modules.ToDictionary(module => module, module => LoadOrCreate(database, deviceId, module));

    public ModuleIdentity? Find(string module) => _identities.GetValueOrDefault(module);

    private static ModuleIdentity LoadOrCreate(Database database, string deviceId, string module)
    {
        var key = StoreKeys.Named(StoreKeys.Identities, module);
        if (database.Get(key) is { } stored)
        {
            var document = JsonText.ParseObject(stored);
            return new ModuleIdentity(deviceId, module, (string)document["generationId"]!, (string)document["key"]!);
        }

        var identity = new ModuleIdentity(
            deviceId, module, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        database.Put(key, JsonText.ToUtf8(new JObject { ["generationId"] = identity.GenerationId, ["key"] = identity.Key }));
        return identity;
    }
}
