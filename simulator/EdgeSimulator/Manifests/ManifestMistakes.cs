using EdgeSimulator.Hub.Configuration;

namespace EdgeSimulator.Manifests;

/// <summary>Takes the mistakes of a manifest that is read to its end in spite of them.</summary>
internal sealed class ManifestMistakes
{
    private readonly List<ManifestException> _all = [];
    private readonly List<HubRemark> _remarks = [];

    public IReadOnlyList<ManifestException> All => _all;

    /// <summary>What is legal and hardly meant.</summary>
    public IReadOnlyList<HubRemark> Remarks => _remarks;

    public void Add(ManifestException mistake) => _all.Add(mistake);

    public void Add(IEnumerable<HubRemark> remarks) => _remarks.AddRange(remarks);
}
