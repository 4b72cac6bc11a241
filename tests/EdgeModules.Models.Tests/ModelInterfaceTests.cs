using EdgeModules.Models.Onnx;
using Google.Protobuf;

namespace EdgeModules.Models.Tests;

public class ModelInterfaceTests
{
    [Fact]
    public void Mismatches_OfAModelThatFits_AreNone() => Assert.Empty(MismatchesOf(Samples.Model()));

    [Fact]
    public void Mismatches_OfAModelWithoutContributions_AreNone()
    {
        var model = Samples.Model();
        model.Graph.Output.RemoveAt(1);
        Assert.Empty(MismatchesOf(model));
    }

    [Fact]
    public void Mismatches_OfAModelThatFitsNowhere_NameEach()
    {
        var model = Samples.Model();
        model.Graph.Input[0] = Samples.Value("window", "N", 3, 2);
        model.Graph.Output[0].Type.TensorType.ElemType = 11;
        model.Graph.Output[1] = Samples.Value("contributions", "N");

        Assert.Equal(
            [
                "The model's inputs are window: float32 [N, 3, 2]; it must have one input window: float32 [N, 2, 2] with N of any size.",
                "The model's outputs are score: float64 [N]; contributions: float32 [N]; one must be score: float32 [N] with N of any size.",
                "The model's output is contributions: float32 [N]; it must be contributions: float32 [N, 2] with N of any size, or absent.",
            ],
            MismatchesOf(model));
    }

    [Fact]
    public void Mismatches_OfAFixedBatch_NameTheInput()
    {
        var model = Samples.Model();
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        Assert.Equal(
            ["The model's inputs are window: float32 [1, 2, 2]; it must have one input window: float32 [N, 2, 2] with N of any size."],
            MismatchesOf(model));
    }

    [Fact]
    public void Mismatches_OfASecondInput_NameBoth()
    {
        var model = Samples.Model();
        model.Graph.Input.Add(Samples.Value("state", "N"));
        Assert.Contains("window: float32 [N, 2, 2]; state: float32 [N]", Assert.Single(MismatchesOf(model)));
    }

    private static IReadOnlyList<string> MismatchesOf(ModelProto model) => ModelInterface.Mismatches(ModelFile.Describe(model.ToByteArray()), Samples.Manifest);
}
