using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.ControllerPass;

/// <summary>Endpoints with rollouts under the default guards, in the tables as the server writes them.</summary>
internal static class ManyRollouts
{
    private static readonly ModelName Model = ModelName.Parse("m");
    private static readonly VersionId Old = new(Model, 1);
    private static readonly VersionId New = new(Model, 2);

    public static async Task AddAsync(Database database, int count)
    {
        await using var db = database.CreateContext();
        db.Models.Add(new ModelRow { Name = "m" });
        db.Versions.Add(new VersionRow { Model = "m", Number = 1 });
        db.Versions.Add(new VersionRow { Model = "m", Number = 2 });
        db.Replicas.Add(new ReplicaRow { Name = "r", HeartbeatAt = Far });
        await db.SaveChangesAsync();
        for (var i = 1; i <= count; i++)
        {
            var plan = Plan(i);
            db.Endpoints.Add(new EndpointRow
            {
                Number = i,
                Name = plan.Endpoint.ToString(),
                Generation = 1,
                Spec = StoredJson.Write(new EndpointSpec(plan.Endpoint, [new VariantSpec(plan.Stable, Old, 1)])),
            });
            db.Rollouts.Add(new RolloutRow
            {
                Endpoint = i,
                Name = plan.Endpoint.ToString(),
                Plan = StoredJson.Write(plan),
                State = StoredJson.Write(State(plan, isDecision: false)),
                Phase = nameof(RolloutPhase.Running),
                Revision = 1,
                DueAt = Far,
            });
        }

        await db.SaveChangesAsync();
    }

    /// <summary>
    /// Makes some rollouts due: either waiting, with guards to judge, or at the end of a pause, with traffic to move.
    /// </summary>
    public static async Task MakeDueAsync(Database database, int count, bool isDecision, int pass)
    {
        await using var db = database.CreateContext();
        var first = pass * count;
        var rows = await db.Rollouts.OrderBy(row => row.Id).Skip(first).Take(count).ToListAsync();
        foreach (var row in rows)
        {
            var plan = StoredJson.Read<RolloutPlan>(row.Plan);
            row.State = StoredJson.Write(State(plan, isDecision));
            row.DueAt = 1;
            row.Revision++;
        }

        await db.Rollouts.ExecuteUpdateAsync(row => row.SetProperty(each => each.DueAt, Far));
        await db.SaveChangesAsync();
    }

    private static long Far => TimeProvider.System.GetUtcNow().AddYears(1).ToMicroseconds();

    private static RolloutPlan Plan(int number) => new()
    {
        Endpoint = EndpointName.Parse($"e{number}"),
        Stable = VariantName.Parse("stable"),
        StableVersion = Old,
        Candidates = [new Candidate(VariantName.Parse("candidate"), New)],
        Steps =
        [
            new WeightStep(0.1), new PauseStep(TimeSpan.FromHours(1)), new WeightStep(0.5),
            new PauseStep(TimeSpan.FromHours(1)), new WeightStep(1),
        ],
        Guards = WrittenChecks.DefaultGuards,
    };

    private static RolloutState State(RolloutPlan plan, bool isDecision)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new RolloutState
        {
            Phase = RolloutPhase.Running,
            Step = 1,
            Routing = RolloutRouting.Divide(plan, plan.Candidates, 0.1, 0, control: false),
            Generation = 1,
            Followed = true,
            Begun = true,
            WantedAt = now,
            StepAt = isDecision ? now.AddHours(-2) : now,
            LookedAt = now.AddSeconds(-5),
        };
    }
}
