using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Promotion;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Promotion;

/// <summary>Turns policies as they are written into policies as they are decided by. Pure.</summary>
internal static class WrittenPolicies
{
    /// <summary>Reads a policy; throws with every fault.</summary>
    public static PromotionPolicy Read(PromotionPolicyRequest request)
    {
        var faults = new List<Refusal>();
        var checks = ImmutableArray.CreateBuilder<PromotionCheck>();
        for (var i = 0; i < request.Checks.Count; i++)
        {
            try
            {
                checks.Add(One(request.Checks[i] ?? throw Fault("", "A check is an object.")));
            }
            catch (RefusalException refused)
            {
                faults.AddRange(refused.Refusals.Select(fault => fault with
                {
                    Field = string.IsNullOrEmpty(fault.Field) ? $"checks[{i}]" : $"checks[{i}].{fault.Field}",
                }));
            }
        }

        if (faults.Count > 0)
            throw new RefusalException(faults);
        var policy = new PromotionPolicy
        {
            Aliases = [.. request.Aliases],
            Stages = [.. request.Stages],
            Checks = checks.ToImmutable(),
            Approvals = request.Approvals is { } asked
                ? new ApprovalPolicy(asked.Count, Role(asked.Role), asked.NotByAuthor, asked.Within)
                : ApprovalPolicy.None,
            AllowsRollouts = request.AllowRollouts,
        };
        return PromotionRules.Check(policy) is { Count: > 0 } found ? throw new RefusalException(found) : policy;
    }

    private static PromotionCheck One(PromotionCheckRequest check)
    {
        object?[] said = [check.Metric, check.Data, check.Signature, check.Latency, check.Size, check.Card];
        if (said.Count(each => each is not null) != 1)
        {
            throw Fault("", $"The check '{check.Name}' is one of metric, data, signature, latency, size and card.");
        }

        if (check.Metric is null
            && (check.AtLeast is not null || check.AtMost is not null || check.Margin is not null || check.BySegment))
        {
            throw Fault("",
                $"'atLeast', 'atMost', 'margin' and 'bySegment' belong to a metric; '{check.Name}' has none.");
        }

        var (name, dryRun) = (check.Name, check.DryRun);
        return check switch
        {
            { Metric: not null } => OfMetric(check),
            { Data: { } data } => new DataCheck([.. data.Endpoints])
            {
                Name = name,
                DryRun = dryRun,
                Dataset = check.Dataset,
                MinimumRows = check.MinimumRows,
            },
            { Signature: { } signature } =>
                new SignatureCheck([.. signature.Endpoints]) { Name = name, DryRun = dryRun },
            { Latency: { } latency } => Latency(check, latency),
            { Size: { } size } => new SizeCheck(size.Files, size.Memory) { Name = name, DryRun = dryRun },
            _ => new CardCheck(check.Card!.Characters) { Name = name, DryRun = dryRun },
        };
    }

    private static PromotionCheck OfMetric(PromotionCheckRequest check)
    {
        var metric = QualityMetrics.Of(check.Metric!) ?? throw Fault("metric",
            $"There is no figure '{check.Metric}'; there are "
            + string.Join(", ", Enum.GetValues<AnswerKind>().SelectMany(QualityMetrics.WordsOf)) + ".");
        double?[] rules = [check.AtLeast, check.AtMost, check.Margin];
        if (rules.Count(each => each is not null) != 1)
        {
            throw Fault("", $"The check '{check.Name}' has one rule: 'atLeast', 'atMost', or 'margin' to the present "
                + "version.");
        }

        return check.Margin is { } margin
            ? new ChampionCheck(margin, check.Alpha)
            {
                Name = check.Name,
                DryRun = check.DryRun,
                Metric = metric,
                Dataset = check.Dataset,
                MinimumRows = check.MinimumRows,
                BySegment = check.BySegment,
            }
            : new LimitCheck((check.AtMost ?? check.AtLeast)!.Value, check.AtMost is not null)
            {
                Name = check.Name,
                DryRun = check.DryRun,
                Metric = metric,
                Dataset = check.Dataset,
                MinimumRows = check.MinimumRows,
                BySegment = check.BySegment,
            };
    }

    private static LatencyCheck Latency(PromotionCheckRequest check, LatencyCheckRequest latency)
    {
        double?[] said = [latency.P50, latency.P95, latency.P99];
        if (said.Count(each => each is not null) != 1)
            throw Fault("latency", "Write one of p50, p95 and p99, in milliseconds.");
        var (quantile, milliseconds) = latency switch
        {
            { P50: { } half } => (0.5, half),
            { P95: { } most } => (0.95, most),
            _ => (0.99, latency.P99!.Value),
        };
        return new LatencyCheck(quantile, milliseconds) { Name = check.Name, DryRun = check.DryRun };
    }

    private static Role Role(string word) => word switch
    {
        "operator" => Core.Access.Role.Operator,
        "admin" => Core.Access.Role.Admin,
        _ => throw Fault("approvals.role", $"'{word}' is neither operator nor admin."),
    };

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_policy", message) { Field = field });
}
