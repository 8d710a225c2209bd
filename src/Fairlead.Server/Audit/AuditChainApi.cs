using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Audit;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Audit;

/// <summary>The chain of the audit log: its head, whether it holds, all of it, and how long it is kept.</summary>
internal static class AuditChainApi
{
    private const string Tag = "audit";
    private const string Log = "/api/v1/audit";

    public static void MapAuditChain(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Log + "/head", HeadAsync).Demands(Role.Admin)
            .Described("getAuditHead", Tag, "Tells the newest link of the audit log's chain, to be noted elsewhere");
        routes.MapGet(Log + "/verify", VerifyAsync).Demands(Role.Admin)
            .Described("verifyAudit", Tag, "Walks the chain and tells what is not as it was sealed",
                new QueryParameter("sequence", "integer", "The link of a head that was noted elsewhere"),
                new QueryParameter("hash", "string", "Its hash"));
        routes.MapGet(Log + "/export", ExportAsync).Demands(Role.Admin)
            .Described("exportAudit", Tag, "Writes the sealed entries as lines of JSON, oldest first",
                new QueryParameter("after", "integer", "Only links behind this one"))
            .Answers(StatusCodes.Status200OK, typeof(byte[]), "application/jsonl");
        routes.MapGet(Log + "/retention", RetentionAsync).Demands(Role.Admin)
            .Described("getAuditRetention", Tag, "Tells how long the audit log is kept, and what is held");
        routes.MapPut(Log + "/retention", PutRetentionAsync).Demands(Role.Admin)
            .Accepts<PutAuditRetentionRequest>("application/json")
            .Described("putAuditRetention", Tag, "Sets how long the audit log is kept");
        routes.MapPut(Log + "/holds/{name}", HoldAsync).Demands(Role.Admin)
            .Accepts<PutAuditHoldRequest>("application/json")
            .Described("putAuditHold", Tag, "Places a legal hold");
        routes.MapDelete(Log + "/holds/{name}", ReleaseAsync).Demands(Role.Admin)
            .Described("deleteAuditHold", Tag, "Lifts a legal hold", QueryParameter.Reason);
    }

    private static async Task<Ok<AuditHeadInfo>> HeadAsync(Database database, CancellationToken cancellation) =>
        TypedResults.Ok(await AuditReads.HeadAsync(database, cancellation));

    private static async Task<Ok<AuditVerificationInfo>> VerifyAsync(
        HttpContext context, Database database, CancellationToken cancellation) =>
        TypedResults.Ok(await AuditReads.VerifyAsync(database, Expected(context), cancellation));

    private static IResult ExportAsync(HttpContext context, Database database)
    {
        var after = RequestQuery.Number(context, "after") ?? 0;
        return Results.Stream(async to =>
        {
            await using var statements = await database.OpenAsync(context.RequestAborted);
            await statements.BeginReadAsync(context.RequestAborted);
            await using var writer = new StreamWriter(to, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            await AuditReads.EachAsync(statements, after, async (link, entry) =>
            {
                // A link whose entry is gone leaves a gap, which a verification of the export finds.
                if (entry is not null)
                    await writer.WriteLineAsync(AuditLine.Write(link, entry));
            }, context.RequestAborted);
        }, "application/jsonl");
    }

    private static async Task<Ok<AuditRetentionInfo>> RetentionAsync(
        AuditRetention retention, CancellationToken cancellation) =>
        TypedResults.Ok(await retention.ReadAsync(cancellation));

    private static async Task<Ok<AuditRetentionInfo>> PutRetentionAsync(
        HttpContext context, AuditRetention retention, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PutAuditRetentionRequest>(context);
        return TypedResults.Ok(await retention.PutAsync(context.Caller(), request, cancellation));
    }

    private static async Task<Ok<AuditRetentionInfo>> HoldAsync(
        HttpContext context, AuditRetention retention, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PutAuditHoldRequest>(context);
        return TypedResults.Ok(await retention.HoldAsync(
            context.Caller(), RequestQuery.Route(context, "name"), request, cancellation));
    }

    private static async Task<NoContent> ReleaseAsync(
        HttpContext context, AuditRetention retention, CancellationToken cancellation)
    {
        await retention.ReleaseAsync(context.Caller(), RequestQuery.Route(context, "name"),
            RequestQuery.Text(context, "reason"), cancellation);
        return TypedResults.NoContent();
    }

    private static (long Sequence, ReadOnlyMemory<byte> Hash)? Expected(HttpContext context)
    {
        var (sequence, hash) = (RequestQuery.Number(context, "sequence"), RequestQuery.Text(context, "hash"));
        if (sequence is null && hash is null)
            return null;
        return sequence is { } number && hash is { Length: 2 * AuditChain.HashBytes }
            && hash.All(char.IsAsciiHexDigit)
            ? (number, Convert.FromHexString(hash))
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "A head is a 'sequence' and a 'hash' of 64 hexadecimal digits.")
            { Field = "hash" });
    }
}
