using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Apply;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Holding;

/// <summary><c>/api/v1/inhibitions</c>.</summary>
internal static class InhibitionsApi
{
    private const string Tag = "alerts";
    private const string One = "/api/v1/inhibitions/{name}";

    public static void MapInhibitions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/inhibitions", ListAsync).Demands(Role.Viewer)
            .Described("listInhibitions", Tag, "Lists which alerts make others not worth telling",
                QueryParameter.OfLists);
        routes.MapPut(One, PutAsync).Demands(Role.Operator).Accepts<InhibitionRequest>("application/json")
            .Described("putInhibition", Tag, "Makes or changes an inhibition");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator)
            .Described("deleteInhibition", Tag, "Deletes an inhibition", QueryParameter.Reason);
    }

    private static async Task<Ok<Page<InhibitionInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var rows = await database.ReadAsync(
            db => page.ByName(db.Inhibitions, row => row.Name, []).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, InhibitionWrites.View, row => row.Name));
    }

    private static async Task<Ok<InhibitionInfo>> PutAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        var request = await RequestBody.ReadAsync<InhibitionRequest>(context);
        return TypedResults.Ok(await control.WriteAsync(context.Caller(), request.Reason, async write =>
        {
            await InhibitionWrites.ApplyAsync(write, name, request);
            return InhibitionWrites.View(
                await write.Db.Inhibitions.SingleAsync(row => row.Name == name, write.Cancellation));
        }, cancellation));
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => InhibitionWrites.DeleteAsync(write, name), cancellation);
        return TypedResults.NoContent();
    }
}

/// <summary>The changes of inhibitions, each inside a write.</summary>
internal static class InhibitionWrites
{
    /// <summary>Most inhibitions of an installation.</summary>
    public const int MostInhibitions = 100;

    /// <summary>Most labels that must be the same.</summary>
    public const int MostEqual = 20;

    /// <summary>Documents of <c>kind: Inhibition</c>.</summary>
    public static DocumentKind Kind { get; } = new("Inhibition", 0, members =>
    {
        var name = DocumentKind.TakeName(members);
        var request = DocumentKind.Decode<InhibitionRequest>(members);
        return write => ApplyAsync(write, name, request);
    });

    public static InhibitionInfo View(InhibitionRow row) => new()
    {
        Name = row.Name,
        Settings = StoredJson.Read<InhibitionRequest>(row.Spec),
        ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
        ChangedBy = row.ChangedBy,
    };

    public static async Task<AppliedDocument> ApplyAsync(WriteScope write, string name, InhibitionRequest request)
    {
        AlertNames.Inhibition(name);
        ReceiverWrites.DemandAll(write.Principal, Role.Operator);
        ThrowIfInvalid(request);
        var wanted = request with { Reason = null };
        var row = await write.Db.Inhibitions.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation);
        var before = row is null ? null : View(row);
        var differences = Differences.Between(before?.Settings, wanted);
        if (differences.Count > 0)
        {
            if (row is null && await write.Db.Inhibitions.CountAsync(write.Cancellation) >= MostInhibitions)
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_inhibitions",
                    $"There are {MostInhibitions} inhibitions already; delete one first."));
            }

            if (row is null)
                write.Db.Inhibitions.Add(row = new InhibitionRow { Name = name });
            row.Spec = StoredJson.Write(wanted);
            (row.ChangedAt, row.ChangedBy) = (write.NowMicroseconds, write.Principal.Name);
            await write.Db.SaveChangesAsync(write.Cancellation);
            write.Record("inhibition.put", Subject(name), before, View(row));
        }

        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = name,
            Outcome = before is null ? "created" : differences.Count > 0 ? "changed" : "unchanged",
            Differences = differences,
        };
    }

    public static async Task<bool> DeleteAsync(WriteScope write, string name)
    {
        ReceiverWrites.DemandAll(write.Principal, Role.Operator);
        var row = await write.Db.Inhibitions.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation)
            ?? throw new RefusalException(new Refusal(
                RefusalKind.NotFound, "inhibition_not_found", $"There is no inhibition '{name}'."));
        write.Db.Inhibitions.Remove(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("inhibition.delete", Subject(name), View(row), null);
        return true;
    }

    private static void ThrowIfInvalid(InhibitionRequest request)
    {
        List<Refusal> faults = [];
        MatcherRules.Read("source", request.Source, faults);
        MatcherRules.Read("target", request.Target, faults);
        if (request.Equal.Count > MostEqual
            || request.Equal.Any(label => label is not { Length: > 0 and <= TextRules.MaxTagName }))
        {
            faults.Add(new Refusal(RefusalKind.Invalid, "inhibition_invalid",
                $"At most {MostEqual} labels are compared, each of 1 to {TextRules.MaxTagName} characters.")
            { Field = "equal" });
        }

        if (faults.Count > 0)
            throw new RefusalException(faults);
    }

    private static string Subject(string name) => $"inhibitions/{name}";
}
