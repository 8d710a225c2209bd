using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

public class OnnxThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Run_WithThreadsOfThePool_AnswersTheSame(int threadsPerRun)
    {
        foreach (var file in new[] { "batch_mlp.onnx", "image_convolution.onnx", "tree_classifier.onnx" })
        {
            await using var model = OnnxModel.Load(Catalogue.PathOf(file), threadsPerRun);
            foreach (var example in Catalogue.Get(file).Examples)
            {
                await model.ShouldAnswerAsync(example);
                await model.ShouldAnswerAsync(example);
            }
        }
    }

    [Fact]
    public void Start_Again_KeepsThePlanInForce()
    {
        var plan = OnnxEnvironment.Plan;

        OnnxEnvironment.Start(new ThreadPlan(64, 64, 64)).ShouldBeSameAs(plan);
        plan.PoolThreads.ShouldBe(OnnxStart.PoolThreads);
    }

    [Fact]
    public void Plan_ForAMachine_RunsAsManyAsItHasProcessorsUnlessToldOtherwise()
    {
        ThreadPlan.For(4).ShouldBe(new ThreadPlan(4, 4, 4));
        ThreadPlan.For(4, concurrentRuns: 7).ShouldBe(new ThreadPlan(4, 7, 4));
    }
}
