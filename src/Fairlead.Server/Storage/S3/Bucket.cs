using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// A bucket that speaks S3's protocol. Every call has a deadline and a bounded number of attempts; what ends it badly
/// is one exception, <see cref="BucketException"/>, and is remembered for those who ask how the bucket is.
/// </summary>
internal sealed class Bucket : IDisposable
{
    /// <summary>Bytes of a part, unless a file is so large that its parts must be larger.</summary>
    public const int PartBytes = 8 << 20;

    /// <summary>Parts of one file that are on their way at once.</summary>
    public const int PartsAtOnce = 4;

    /// <summary>Most parts of a file that S3 takes.</summary>
    private const int MostParts = 10_000;

    private const int Attempts = 3;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);

    /// <summary>How long a call without a body may take, with all its attempts.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    /// <summary>How long one part may take, with all its attempts: slower than 60 KB/s is as good as nothing.</summary>
    private static readonly TimeSpan PartLimit = TimeSpan.FromMinutes(2);

    /// <summary>How long the bucket may take to make one object of its parts.</summary>
    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(10);

    private readonly AmazonS3Client _client;
    private readonly BucketAddress _address;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile string? _fault;

    /// <summary>Makes the client; nothing is sent. Credentials are looked for as the AWS tools do.</summary>
    public Bucket(BucketAddress address, TimeProvider time, ILogger<Bucket> log)
    {
        (_address, _time, _log) = (address, time, log);
        var config = new AmazonS3Config
        {
            MaxErrorRetry = Attempts - 1,
            RetryMode = RequestRetryMode.Standard,
            ConnectTimeout = ConnectLimit,
            Timeout = PartLimit,
            AllowAutoRedirect = false,

            // Servers that are not Amazon's refuse the newer checksums; the payload is signed, so its SHA-256 is held
            // against what arrived all the same, and every artifact is held to its name when it is read.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (address.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = address.SigningRegion;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(address.SigningRegion);
        }

        _client = new AmazonS3Client(config);
    }

    /// <summary>Where it is, for people.</summary>
    public string Name => _address.ToString();

    /// <summary>Most bytes of copies on this machine, as the address says.</summary>
    public long CacheBytes => _address.CacheBytes;

    /// <summary>Why the last call ended badly; null when it did not.</summary>
    public string? Fault => _fault;

    /// <summary>Asks the bucket whether it answers, within a limit.</summary>
    public async Task<bool> AnswersAsync(TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            await CallAsync("list", limit, deadline => _client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = _address.Bucket, Prefix = _address.Prefix, MaxKeys = 1 },
                deadline), cancellation);
            return true;
        }
        catch (BucketException)
        {
            return false;
        }
    }

    /// <summary>What is known of an object; null when there is none.</summary>
    public async Task<BucketObject?> FindAsync(string key, CancellationToken cancellation)
    {
        var found = await CallAsync("head", CallLimit, async deadline =>
        {
            try
            {
                return await _client.GetObjectMetadataAsync(
                    new GetObjectMetadataRequest { BucketName = _address.Bucket, Key = _address.Prefix + key },
                    deadline);
            }
            catch (AmazonS3Exception missing) when (IsMissing(missing))
            {
                return null;
            }
        }, cancellation);
        return found is null ? null : new BucketObject(key, found.ContentLength, Utc(found.LastModified), found.ETag);
    }

    /// <summary>Fills a buffer with bytes of an object. False when it is gone, or another one is there.</summary>
    public Task<bool> ReadAsync(
        BucketObject from, long offset, Memory<byte> into, CancellationToken cancellation) =>
        CallAsync("get", PartLimit, async deadline =>
        {
            var request = new GetObjectRequest
            {
                BucketName = _address.Bucket,
                Key = _address.Prefix + from.Key,
                ByteRange = new ByteRange(offset, offset + into.Length - 1),
                EtagToMatch = from.Tag,
            };
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    using var response = await _client.GetObjectAsync(request, deadline);
                    await response.ResponseStream.ReadExactlyAsync(into, deadline);
                    return true;
                }
                catch (AmazonS3Exception gone) when (IsMissing(gone)
                    || gone.StatusCode == System.Net.HttpStatusCode.PreconditionFailed)
                {
                    return false;
                }
                catch (Exception cut) when (attempt < Attempts && cut is IOException or HttpRequestException)
                {
                    // The client repeats requests that were not answered; an answer that breaks off is repeated here.
                }
            }
        }, cancellation);

    /// <summary>The bytes of a small object; null when it is gone, or another one is there.</summary>
    public async Task<byte[]?> ReadWholeAsync(BucketObject from, CancellationToken cancellation)
    {
        if (from.Size is < 1 or > PartBytes)
            throw new InvalidDataException($"'{from.Key}' in the bucket has {from.Size} bytes, not 1 to {PartBytes}.");
        var bytes = new byte[from.Size];
        return await ReadAsync(from, 0, bytes, cancellation) ? bytes : null;
    }

    /// <summary>
    /// Stores a file of this machine under a key. It is there whole or not at all: a large one goes in parts that
    /// nobody sees before the last has come.
    /// </summary>
    public async Task PutAsync(string key, string file, long size, CancellationToken cancellation)
    {
        if (size > PartBytes)
        {
            await PutPartsAsync(key, file, size, cancellation);
            return;
        }

        await CallAsync("put", PartLimit, deadline => _client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _address.Bucket,
            Key = _address.Prefix + key,
            FilePath = file,
            ContentType = "application/octet-stream",
            UseChunkEncoding = false,
        }, deadline), cancellation);
    }

    /// <summary>Removes an object; none is none afterwards too.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellation) =>
        CallAsync("delete", CallLimit, deadline => _client.DeleteObjectAsync(
            new DeleteObjectRequest { BucketName = _address.Bucket, Key = _address.Prefix + key }, deadline),
            cancellation);

    /// <summary>The objects whose keys begin so, in the order of their keys, page by page.</summary>
    public async IAsyncEnumerable<BucketObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = _address.Bucket,
            Prefix = _address.Prefix + prefix,
            MaxKeys = 1000,
        };
        do
        {
            var page = await CallAsync(
                "list", CallLimit, deadline => _client.ListObjectsV2Async(request, deadline), cancellation);
            foreach (var each in page.S3Objects ?? [])
            {
                yield return new BucketObject(
                    each.Key[_address.Prefix.Length..], each.Size ?? 0, Utc(each.LastModified), each.ETag);
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>Gives up uploads in parts that were begun before an instant and never ended.</summary>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var uploads = await CallAsync("list-uploads", CallLimit, async deadline =>
        {
            try
            {
                return (await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest
                {
                    BucketName = _address.Bucket,
                    Prefix = _address.Prefix,
                }, deadline)).MultipartUploads ?? [];
            }
            catch (AmazonS3Exception unknown) when (unknown.ErrorCode is "NotImplemented" or "AccessDenied")
            {
                // A rule of the bucket's own removes them where the server offers, or grants, no list.
                return [];
            }
        }, cancellation);

        var swept = 0;
        foreach (var upload in uploads.Where(upload => Utc(upload.Initiated) < before))
        {
            await AbortAsync(upload.Key, upload.UploadId);
            swept++;
        }

        return swept;
    }

    public void Dispose() => _client.Dispose();

    private async Task PutPartsAsync(string key, string file, long size, CancellationToken cancellation)
    {
        var full = _address.Prefix + key;
        var begun = await CallAsync("create", CallLimit, deadline => _client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = _address.Bucket,
                Key = full,
                ContentType = "application/octet-stream",
            }, deadline), cancellation);
        try
        {
            var part = Math.Max(PartBytes, (size + MostParts - 1) / MostParts);
            var tags = new PartETag[(size + part - 1) / part];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, tags.Length),
                new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation },
                async (index, stop) =>
                {
                    var sent = await CallAsync("part", PartLimit, deadline => _client.UploadPartAsync(
                        new UploadPartRequest
                        {
                            BucketName = _address.Bucket,
                            Key = full,
                            UploadId = begun.UploadId,
                            PartNumber = index + 1,
                            FilePath = file,
                            FilePosition = index * part,
                            PartSize = Math.Min(part, size - (index * part)),
                            UseChunkEncoding = false,
                        }, deadline), stop);
                    tags[index] = new PartETag(index + 1, sent.ETag);
                });
            await CallAsync("complete", JoinLimit, deadline => _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = _address.Bucket,
                    Key = full,
                    UploadId = begun.UploadId,
                    PartETags = [.. tags],
                }, deadline), cancellation);
        }
        catch
        {
            await AbortAsync(full, begun.UploadId);
            throw;
        }
    }

    /// <summary>What cannot be given up now is swept later.</summary>
    private async Task AbortAsync(string fullKey, string upload)
    {
        try
        {
            await CallAsync("abort", CallLimit, async deadline =>
            {
                try
                {
                    await _client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest
                    {
                        BucketName = _address.Bucket,
                        Key = fullKey,
                        UploadId = upload,
                    }, deadline);
                }
                catch (AmazonS3Exception ended) when (IsMissing(ended))
                {
                    // It ended, or was given up, while its answer was on the way; the bucket is well.
                }

                return true;
            }, CancellationToken.None);
        }
        catch (BucketException)
        {
        }
    }

    private async Task<T> CallAsync<T>(
        string call, TimeSpan limit, Func<CancellationToken, Task<T>> send, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var answer = await send(either.Token);
            if (_fault is not null)
            {
                _fault = null;
                _log.BucketAnswers(Name);
            }

            return answer;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && WhyNot(failure) is { } why)
        {
            if (_fault is null)
                _log.BucketFailed(Name, call, failure.Message);
            _fault = why;
            throw new BucketException(Name, why);
        }
    }

    /// <summary>
    /// Why a call failed, in words that may be shown to whoever asked; null for what is no fault of the bucket.
    /// </summary>
    private static string? WhyNot(Exception failure) => failure switch
    {
        AmazonS3Exception { ErrorCode: { Length: > 0 } code } => $"it answers '{code}'",
        AmazonServiceException { InnerException: null } => "it refuses to answer",
        OperationCanceledException or TimeoutException => "it does not answer in time",
        AmazonClientException { InnerException: null } => "there are no credentials for it",
        AmazonClientException or AmazonServiceException => "it cannot be reached",
        HttpRequestException or IOException => "it cannot be reached",
        _ => null,
    };

    private static bool IsMissing(AmazonS3Exception failure) =>
        failure.StatusCode == System.Net.HttpStatusCode.NotFound && failure.ErrorCode != "NoSuchBucket";

    private static DateTimeOffset Utc(DateTime? time) =>
        time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : DateTimeOffset.MinValue;
}

/// <summary>An object of a bucket.</summary>
/// <param name="Key">Its key, without the prefix of the installation.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="LastPut">When it was stored, in whole seconds by the bucket's clock.</param>
/// <param name="Tag">What changes when its bytes do.</param>
internal sealed record BucketObject(string Key, long Size, DateTimeOffset LastPut, string Tag);

/// <summary>A bucket cannot be reached, or refuses. Says nothing of how it was asked.</summary>
/// <param name="bucket">Where it is.</param>
/// <param name="why">What is wrong, as the end of a sentence.</param>
public sealed class BucketException(string bucket, string why)
    : IOException($"The artifact store {bucket} cannot be used at the moment: {why}.")
{
    /// <summary>The same for those who asked for something.</summary>
    public string ForCallers =>
        $"{Message} Predictions go on with what is loaded and copied; try this again later.";
}
