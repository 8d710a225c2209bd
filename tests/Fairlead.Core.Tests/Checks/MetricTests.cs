using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tests.Checks;

public sealed class MetricTests
{
    [Theory]
    [InlineData("error_rate")]
    [InlineData("latency:p95")]
    [InlineData("compute:p99.9")]
    [InlineData("output:score")]
    [InlineData("output:probabilities[1]")]
    [InlineData("output:label=good")]
    [InlineData("outcome:click")]
    [InlineData("outcome:a=b")]
    [InlineData("outcome:a=")]
    [InlineData("accuracy:label")]
    [InlineData("precision:label=yes")]
    [InlineData("recall:label=yes")]
    [InlineData("false_positive_rate:label=toxic")]
    [InlineData("auc:label=good@probabilities[0]")]
    [InlineData("auc:a@b=good@score")]
    [InlineData("log_loss:click@p")]
    [InlineData("disagreement")]
    [InlineData("shadow_difference:score[1]")]
    [InlineData("shadow_difference:label=good")]
    [InlineData("prometheus:sum(rate(errors{job=\"a\"}[5m]))")]
    [InlineData("webhook:https://example.org/verdict?x=1")]
    public void Metric_IsWrittenAsItWasRead(string text) => Metric.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData("", "there is no metric")]
    [InlineData("errors", "there is no metric 'errors'")]
    [InlineData("error_rate:x", "nothing follows")]
    [InlineData("latency", "write the quantile")]
    [InlineData("latency:p100", "write the quantile")]
    [InlineData("latency:95", "write the quantile")]
    [InlineData("latency:p99.9999", "at most 3 decimals")]
    [InlineData("outcome:", "the name is missing")]
    [InlineData("precision:label", "name the class")]
    [InlineData("auc:label=good", "name the output that holds the score")]
    [InlineData("log_loss:label=good@", "name the output that holds the score")]
    [InlineData("auc:=good@p", "missing")]
    [InlineData("auc:label=@p", "missing")]
    [InlineData("webhook:", "missing")]
    [InlineData("output:label=", "the value behind '=' is missing")]
    public void Metric_Unreadable_SaysWhatToWrite(string text, string why)
    {
        var refusal = Should.Throw<RefusalException>(() => Metric.Parse(text)).Refusals[0];

        refusal.Code.ShouldBe("invalid_metric");
        refusal.Message.ShouldContain(why);
    }
}
