using System.Security.Cryptography;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Models;

namespace EdgeModules.Inference.Tests.Swap;

/// <summary>The gates before the shadow, through the module and with the real runtime: what is refused, and what is said then.</summary>
public sealed class GateTests
{
    private static readonly InferenceSettings Three = InferenceRig.SettingsOf(TinyModel.Manifest());
    private static readonly ModelManifest Second = TinyModel.Manifest() with { Version = "2" };

    [Fact]
    public async Task OnSettings_WithAKey_TakesOnlyWhatItSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rig = new InferenceRig(Three, new OnnxModelLoader());
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        var policy = new PolicySettings { Mode = SwapMode.Immediate, ProbationMinutes = 0, PublicKey = publicKey };
        var unsigned = InferenceRig.Source(Second);

        rig.Apply(Three with { Candidate = unsigned, Policy = policy });
        await rig.UntilAsync(SwapPhase.Rejected);
        Assert.Equal("The model has no signature; it must have one, since policy.publicKey is set.", rig.Swap["reason"]);

        // With other settings it is tried again: nothing was wrong with the model.
        rig.Apply(Three with { Candidate = Signed(unsigned, otherKey), Policy = policy });
        await rig.UntilAsync(SwapPhase.Rejected);
        Assert.Equal("The model's signature is not by the key of policy.publicKey over these bytes.", rig.Swap["reason"]);
        Assert.Equal("1", rig.Model["version"]);

        rig.Apply(Three with { Candidate = Signed(unsigned, key), Policy = policy });
        await rig.UntilAsync(SwapPhase.Promoted);
        Assert.Equal("2", rig.Model["version"]);
    }

    [Fact]
    public void OnSettings_ActiveWithoutTheSignatureAskedFor_IsRefusedToo()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var policy = new PolicySettings { PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) };
        using var rig = new InferenceRig(Three with { Policy = policy }, new OnnxModelLoader());
        Assert.Contains("no signature", (string)rig.Model["reason"]!, StringComparison.Ordinal);
        rig.Apply(Three with { Active = Signed(Three.Active, key), Policy = policy });
        Assert.Equal("warming", rig.Model["status"]);
    }

    [Fact]
    public async Task OnSettings_CandidateThatDoesNotAnswerAsItsTrainerSays_FailsTheSelfTest()
    {
        using var rig = new InferenceRig(Three, new OnnxModelLoader());
        var wrong = new GoldenVector([0, 0, 0, 0, 0, 0], 0.5, 1e-4);
        rig.Apply(Three with { Candidate = InferenceRig.Source(Second with { Golden = [wrong] }), Policy = new PolicySettings { Mode = SwapMode.Immediate } });
        await rig.UntilAsync(SwapPhase.Rejected);

        Assert.Equal("The self-test failed: goldenVectors.", rig.Swap["reason"]);
        var rule = Assert.Single(rig.ShadowReports).SelectToken("rules[?(@.rule == 'goldenVectors')]")!;
        Assert.Equal((0.5, "broken"), ((double)rule["value"]!, (string)rule["verdict"]!));
    }

    [Fact]
    public async Task OnSettings_CandidateForOtherMetrics_IsRefusedByTheSettings()
    {
        var settings = Three with { Features = new FeatureNames(["temperature", "humidity"]), WindowSize = 3 };
        using var rig = new InferenceRig(settings, new OnnxModelLoader());
        rig.Apply(settings with { Candidate = InferenceRig.Source(TinyModel.Manifest(4, null, "temperature", "pressure")) });
        await rig.UntilAsync(SwapPhase.Rejected);

        Assert.Equal(
            "The model's window has 4 readings; the setting windowSize says 3. "
            + "The model's features are temperature, pressure; the setting features says temperature, humidity.", rig.Swap["reason"]);
        rig.Apply(settings with { Candidate = InferenceRig.Source(Second) with { SizeBytes = 5 } });
        await rig.UntilAsync(SwapPhase.Rejected);
        Assert.Contains("5 bytes", (string)rig.Swap["reason"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, 0, "scores")]
    [InlineData(1.5f, 0, "scores")]
    [InlineData(0.5f, 30, "selfTestP99Ms")]
    public void SelfTest_OfAModelThatAnswersBadlyOrLate_NamesTheRule(float answer, int milliseconds, string broken)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var model = new AnsweringModel(answer, () => time.Advance(TimeSpan.FromMilliseconds(milliseconds)));

        var rules = SelfTest.Run(model, new PolicySettings(), time);

        Assert.Equal([broken], rules.Where(rule => rule.Verdict == RuleVerdict.Broken).Select(rule => rule.Rule));
    }

    private static ModelSource Signed(ModelSource source, ECDsa key)
    {
        var signature = key.SignData(Convert.FromBase64String(source.Data!), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return source with { Signature = Convert.ToBase64String(signature) };
    }

    private sealed class AnsweringModel(float answer, Action during) : IScoringModel
    {
        public ModelIdentity Identity { get; } = new("m", "1", new string('a', 64));

        public ModelManifest Manifest { get; } = TinyModel.Manifest();

        public bool HasContributions => false;

        public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
        {
            during();
            scores[..count].Fill(answer);
        }

        public void Dispose()
        {
        }
    }
}
